"""A ring wakes one; none is lost; at the end nobody waits."""

from threading import Barrier, Event, Thread

from bot.workflow.bell import Bell

FOR_EVER_S = 30.0


def test_a_ring_that_finds_nobody_waiting_is_for_the_next():
    """What is owed while a thread is about to wait is not overlooked; it is used up once."""
    bell = Bell()
    bell.ring()
    bell.wait(FOR_EVER_S)
    bell.wait(0.0)
    assert not bell._rung


def test_a_ring_wakes_one_and_its_ring_the_next():
    """Three wait; each that wakes rings once more, as a worker does that found something."""
    bell, gathered, awake = Bell(), Barrier(4), []

    def work(number):
        gathered.wait()
        bell.wait(FOR_EVER_S)
        awake.append(number)
        bell.ring()

    threads = [Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    gathered.wait()
    bell.ring()
    for thread in threads:
        thread.join(FOR_EVER_S)
    assert sorted(awake) == [0, 1, 2]


def test_nobody_waits_once_all_were_let_go():
    """The end of the process does not wait for the next ring."""
    bell, waiting, gone = Bell(), Event(), Event()

    def work():
        waiting.set()
        bell.wait(FOR_EVER_S)
        bell.wait(FOR_EVER_S)
        gone.set()

    Thread(target=work, daemon=True).start()
    waiting.wait()
    bell.let_go()
    assert gone.wait(FOR_EVER_S)
