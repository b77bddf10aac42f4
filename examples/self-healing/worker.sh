#!/bin/sh
# A worker for trying out a supervisor:  worker.sh steady | crash | hang | complete | hopeless | random
# It says that it is alive with a line of JSON on stdout every 3 s; everything else it prints is for people.
set -u

beat() { echo '{"type":"heartbeat"}'; }
work() { # $1: for how many beats
    beats=$1
    while [ "$beats" -gt 0 ]; do
        beat
        sleep 3
        beats=$((beats - 1))
    done
}

mode=${1:-steady}
if [ "$mode" = random ]; then
    dice=$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')
    case $((${dice:-$$} % 5)) in
        0) mode=steady ;;
        1) mode=crash ;;
        2) mode=hang ;;
        3) mode=complete ;;
        *) mode=hopeless ;;
    esac
    echo "this time I am: $mode"
fi

case $mode in
    steady)
        while :; do work 1; done
        ;;
    crash)
        work 2
        echo "worker.sh: something broke, giving up" >&2
        exit 1
        ;;
    hang)
        trap '' TERM
        work 2
        echo "stuck for ever"
        while :; do sleep 60; done
        ;;
    complete)
        work 2
        echo "all done"
        exit 0
        ;;
    hopeless)
        echo "worker.sh: cannot open /no/such/database" >&2
        exit 1
        ;;
    *)
        echo "usage: worker.sh steady|crash|hang|complete|hopeless|random" >&2
        exit 2
        ;;
esac
