/* lines.h: lines of the program's source, as far as they can be read where the report is made. */
#ifndef PYMM_REPORT_LINES_H
#define PYMM_REPORT_LINES_H

#include "json.h"

/* Write the member "source": for the frames that hold most, their line and some around it: columns `frame`, `first` (number of the
 * first line), `text`, `is_changed` (the file is newer than the run). Only files whose name ends in .py are read: names come from
 * the profile, and a report is passed on. */
void json_write_lines(struct json_out *json, const struct view *view);

#endif
