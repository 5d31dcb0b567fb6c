"""Writes one of the synthetic profiles to a file: make_profile.py NAME FILE."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import profile_writer  # noqa: E402


if __name__ == "__main__":
    profile_writer.PROFILES[sys.argv[1]]().write(sys.argv[2])
