/* empty.c: stands in for the core while no room has a source file, so that every target can always be configured. */
extern int pymm_empty;
int pymm_empty;
