package dev.upkeep.supervise;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The children of one supervisor in start order, linked through the children themselves: a child leaves in constant time,
 * however many there are. One that leaves keeps its own links, so that a walk that stands on it goes on.
 */
final class Siblings implements Iterable<Child> {
    @Nullable
    Child first;
    @Nullable
    Child last;
    private int size;

    int size() {
        return size;
    }

    void add(Child child) {
        child.previous = last;
        child.next = null;
        child.position = last == null ? 0 : last.position + 1;
        if (last == null) {
            first = child;
        } else {
            last.next = child;
        }
        last = child;
        size++;
    }

    void remove(Child child) {
        if (child.previous == null) {
            first = child.next;
        } else {
            child.previous.next = child.next;
        }
        if (child.next == null) {
            last = child.previous;
        } else {
            child.next.previous = child.previous;
        }
        size--;
    }

    void clear() {
        first = null;
        last = null;
        size = 0;
    }

    @Override
    public Iterator<Child> iterator() {
        return new Iterator<>() {
            private @Nullable Child coming = first;

            @Override
            public boolean hasNext() {
                return coming != null;
            }

            @Override
            public Child next() {
                Child child = coming;
                if (child == null) {
                    throw new NoSuchElementException();
                }
                coming = child.next;
                return child;
            }
        };
    }
}
