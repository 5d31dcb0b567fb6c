"""What each example of examples/c prints, with nothing set in the environment."""

OUTPUT = {
    "allocator_name": "pymalloc\n",
    "arenas": "arenas taken: several\narenas left when every block is free: fewer\n",
    "clean_up": "0 allocations allowed: failed, 0 blocks live\n"
                "1 allocations allowed: failed, 0 blocks live\n"
                "2 allocations allowed: failed, 0 blocks live\n"
                "3 allocations allowed: made, 3 blocks live\n"
                "at the end: 0 blocks live\n",
    "families": "three buffers, each freed by its own family\n",
    "hook_counts": "raw: 2 calls, 1000 bytes asked for\n"
                   "mem: 3 calls, 400 bytes asked for\n"
                   "obj: 2 calls, 0 bytes asked for\n",
    "io_buffer": "same length: 1\n",
    "mem_arrays": "sums: 0 0 4950\nafter resizing: 4950\ntoo large: refused\n",
    "objects": "children: 3\ndropped, and ended: 0\ncollected, and ended: 4\n",
    "own_allocator": "blocks of our own: 1, filled with 0xcd by the debug hooks\nafter freeing: 0\n",
    "raw_buffer": "kept while the buffer moves\n",
    "statistics": "obj blocks 1, mem blocks 1, live at least 1 MiB: 1\n"
                  "100 bytes may be used as 112\n"
                  "pymm's: 1, of this variable: 0\n"
                  "JSON: complete\n"
                  "heap is sound: 1\n",
    "trace_growth": "traced 200000 bytes, at the peak 204096\nlargest change: +200000 bytes in +1000 blocks\n",
    "threads": "4000 turns, the GIL is ours again\n",
}
