"""What `make bench` measures, one file a subject; scripts/bench.py puts it together."""
