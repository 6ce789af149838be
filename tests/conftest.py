"""Ctrl-C for all tests: what a script starts in its background ignores it, its children too."""

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
