/* page.h: the page that `--format=html` fills, as bytes: its part before the profile's JSON, and the part behind it.
 *
 * Owns: the declarations. The bytes are made by page/build.mjs; a build without npm has an empty head. */
#ifndef PYMM_REPORT_PAGE_H
#define PYMM_REPORT_PAGE_H

#include <stddef.h>

extern const unsigned char report_page_head[], report_page_tail[];
extern const size_t report_page_head_bytes, report_page_tail_bytes;

#endif
