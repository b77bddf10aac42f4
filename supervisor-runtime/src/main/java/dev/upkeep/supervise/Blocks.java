package dev.upkeep.supervise;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable list in blocks of 32 slots: a change copies the blocks on the way to its slot and shares all others. Slots may
 * be empty, and are then no elements of the list.
 */
final class Blocks<T> extends AbstractList<T> {
    private static final int BITS = 5;
    private static final int WIDTH = 1 << BITS;

    /** @param taken how many slots below it are taken */
    private record Block(@Nullable Object[] parts, int taken) {}

    private static final Block NONE = new Block(new Object[0], 0);

    private final Block root;
    private final int shift;

    private Blocks(Block root, int shift) {
        this.root = root;
        this.shift = shift;
    }

    static <T> Blocks<T> empty() {
        return new Blocks<>(NONE, 0);
    }

    /** Returns the list with that in the slot, which may lie beyond all others; nothing empties it. */
    Blocks<T> with(int slot, @Nullable T value) {
        Block top = root;
        int height = shift;
        while (slot >>> height >= WIDTH) {
            top = new Block(new Object[]{top}, top.taken);
            height += BITS;
        }
        return new Blocks<>(set(top, height, slot, value), height);
    }

    private static Block set(Block block, int height, int slot, @Nullable Object value) {
        int index = (slot >>> height) & (WIDTH - 1);
        @Nullable
        Object[] parts = Arrays.copyOf(block.parts, Math.max(block.parts.length, index + 1));
        Object before = parts[index];
        if (height == 0) {
            parts[index] = value;
            return new Block(parts, block.taken + (value == null ? 0 : 1) - (before == null ? 0 : 1));
        }
        Block below = before == null ? NONE : (Block) before;
        Block changed = set(below, height - BITS, slot, value);
        parts[index] = changed;
        return new Block(parts, block.taken + changed.taken - below.taken);
    }

    @Override
    public int size() {
        return root.taken;
    }

    @Override
    @SuppressWarnings("unchecked")
    public T get(int index) {
        if (index < 0 || index >= root.taken) {
            throw new IndexOutOfBoundsException("element " + index + " of " + root.taken);
        }
        Block block = root;
        int left = index;
        for (int height = shift; height > 0; height -= BITS) {
            for (Object part : block.parts) {
                Block below = (Block) part;
                if (below == null) {
                    continue;
                }
                if (left < below.taken) {
                    block = below;
                    break;
                }
                left -= below.taken;
            }
        }
        for (Object part : block.parts) {
            if (part != null && left-- == 0) {
                return (T) part;
            }
        }
        throw new IllegalStateException("the counts of blocks are wrong");
    }

    @Override
    public Iterator<T> iterator() {
        return new Walk<>(root, shift);
    }

    /** Walks through the slots from the first to the last, with the blocks above each at hand. */
    private static final class Walk<T> implements Iterator<T> {
        private final @Nullable Block[] way;
        private final int[] at;
        private int depth;
        private @Nullable Object coming;

        Walk(Block root, int shift) {
            int levels = shift / BITS + 1;
            way = new Block[levels];
            at = new int[levels];
            way[0] = root;
            advance();
        }

        private void advance() {
            coming = null;
            while (depth >= 0) {
                Block block = way[depth];
                if (block == null || at[depth] >= block.parts.length) {
                    depth--;
                    continue;
                }
                Object part = block.parts[at[depth]++];
                if (part == null) {
                    continue;
                }
                if (depth == way.length - 1) {
                    coming = part;
                    return;
                }
                depth++;
                way[depth] = (Block) part;
                at[depth] = 0;
            }
        }

        @Override
        public boolean hasNext() {
            return coming != null;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T next() {
            if (coming == null) {
                throw new NoSuchElementException();
            }
            T value = (T) coming;
            advance();
            return value;
        }
    }
}
