/* table.c: the table behind dicts and sets: find, put in, take out, grow.
 *
 * Owns: all that knows how a table is searched and made. Does not own: dicts and sets. Read table.h first. */
#include "table.h"

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define FOUND_CHANGED 2 /* a comparison changed the owner */

struct table_nothing table_empty_dict = {{.index_log2 = TABLE_TAGS_LOG2, .index_bytes = 1, .stride = 2, .has_values = true}, 0};
struct table_nothing table_empty_set = {{.index_log2 = TABLE_TAGS_LOG2, .index_bytes = 1, .stride = 1}, 0};

static uint32_t last_serial;

static bool is_nothing(const table *self) { return self == &table_empty_dict.head || self == &table_empty_set.head; }

/* The hashes of small integers are close together, those of addresses have equal ends: bits from everywhere. */
static uint64_t mixed(Py_hash_t hash) { return (uint64_t)hash * UINT64_C(0x9e3779b97f4a7c15); }

/* Tags. ------------------------------------------------------------------------------------------------------------------ */

static uint64_t *tags_of(table *self) { return table_index(self); }
static uint64_t tag_of(Py_hash_t hash) { return mixed(hash) >> 56 | 0x80; }

/* The top bit of each byte of `tags` that is `tag`. */
static uint64_t tags_match(uint64_t tags, uint64_t tag)
{
    uint64_t differs = tags ^ (tag * EACH_BYTE), low = EACH_BYTE * 0x7f;
    return ~(((differs & low) + low) | differs | low);
}

/* The index. --------------------------------------------------------------------------------------------------------------- */

/* `bytes`: of an entry number, index_bytes of the table. Loops have it for a constant. */
PYMM_INLINE Py_ssize_t index_get(table *self, size_t place, unsigned bytes)
{
    switch (bytes) {
    case 1: return ((int8_t *)table_index(self))[place];
    case 2: return ((int16_t *)table_index(self))[place];
    case 4: return ((int32_t *)table_index(self))[place];
    default: return (Py_ssize_t)((int64_t *)table_index(self))[place];
    }
}

PYMM_INLINE void index_set(table *self, size_t place, Py_ssize_t value, unsigned bytes)
{
    switch (bytes) {
    case 1: ((int8_t *)table_index(self))[place] = (int8_t)value; break;
    case 2: ((int16_t *)table_index(self))[place] = (int16_t)value; break;
    case 4: ((int32_t *)table_index(self))[place] = (int32_t)value; break;
    default: ((int64_t *)table_index(self))[place] = value; break;
    }
}

/* A walk over the places of a hash. Keys that are numbered in sequence lie in sequence. The step is odd, so that it comes to
 * every place, and another one for hashes that are alike in their low bits. */
typedef struct walk {
    size_t mask, place, step;
} walk;

static walk walk_begin(table *self, Py_hash_t hash)
{
    size_t mask = ((size_t)1 << self->index_log2) - 1;
    return (walk){mask, (size_t)hash & mask, (size_t)(mixed(hash) >> 32) | 1};
}

static void walk_on(walk *at) { at->place = (at->place + at->step) & at->mask; }

/* Making tables. ----------------------------------------------------------------------------------------------------------- */

static Py_ssize_t room_of(unsigned log2) { return (Py_ssize_t)(((size_t)2 << log2) / 3); }
static unsigned index_bytes_of(unsigned log2) { return log2 <= 7 ? 1 : log2 <= 15 ? 2 : log2 <= 31 ? 4 : 8; }

/* A table for `count` entries or somewhat more. NULL: MemoryError. */
static table *table_new(Py_ssize_t count, bool has_values, bool has_hashes)
{
    unsigned log2 = TABLE_TAGS_LOG2, stride = 1u + has_values + has_hashes;
    Py_ssize_t room = count <= 2 ? 2 : count <= 5 ? 5 : TABLE_TAGS_ROOM;
    if (count > (has_values ? 5 : TABLE_TAGS_ROOM)) {
        while (room_of(log2) < count && log2 < 58)
            log2++;
        room = room_of(log2);
    }
    size_t index_bytes = (size_t)index_bytes_of(log2) << log2;
    table *self = log2 == 58 ? NULL
                             : domain_malloc_hot(PYMM_DOMAIN_OBJ, sizeof *self + index_bytes + (size_t)room * stride * sizeof(void *));
    if (self == NULL) {
        object_error_no_memory();
        return NULL;
    }
    *self = (table){(uint8_t)log2, (uint8_t)index_bytes_of(log2), (uint8_t)stride, has_values, has_hashes, ++last_serial, room, 0};
    if (log2 == TABLE_TAGS_LOG2)
        *tags_of(self) = 0;
    else
        memset(table_index(self), 0xff, index_bytes);
    return self;
}

static void table_free(table *self)
{
    if (!is_nothing(self))
        domain_free_hot(PYMM_DOMAIN_OBJ, self);
}

/* Have an entry found. Places marked DELETED are not used again: a key that a comparison puts in during a search must not lie
 * where the search has already been. */
PYMM_INLINE void index_add(table *self, Py_hash_t hash, Py_ssize_t at, unsigned bytes)
{
    walk on = walk_begin(self, hash);
    while (index_get(self, on.place, bytes) != TABLE_EMPTY)
        walk_on(&on);
    index_set(self, on.place, at, bytes);
}

/* The same for all entries of a table without gaps, which has an index, and in it nothing. */
PYMM_INLINE void index_fill_with(table *self, unsigned bytes)
{
    for (Py_ssize_t at = 0; at < self->used; at++)
        index_add(self, table_entry_hash(self, table_entry(self, at)), at, bytes);
}
static void index_fill(table *self)
{
    switch (self->index_bytes) {
    case 1: index_fill_with(self, 1); break;
    case 2: index_fill_with(self, 2); break;
    case 4: index_fill_with(self, 4); break;
    default: index_fill_with(self, 8);
    }
}

/* Put an entry behind the others: there is room, and the key is not there. */
static void append(table *self, PyObject *key, PyObject *value, Py_hash_t hash)
{
    Py_ssize_t at = self->used++;
    PyObject **entry = table_entry(self, at);
    if (self->has_hashes)
        entry[self->stride - 1] = (PyObject *)hash;
    if (self->has_values)
        entry[1] = value;
    entry[0] = key;
    if (self->index_log2 == TABLE_TAGS_LOG2) {
        *tags_of(self) |= tag_of(hash) << (8 * at);
        return;
    }
    index_add(self, hash, at, self->index_bytes);
}

/* Take over the `count` entries of another table; nothing is in this one yet. */
static void append_all(table *self, table *old, Py_ssize_t count)
{
    if (old->used == count && self->stride == old->stride && self->index_log2 != TABLE_TAGS_LOG2) { /* no gaps */
        memcpy(table_entry(self, 0), table_entry(old, 0), (size_t)count * self->stride * sizeof(PyObject *));
        self->used = count;
        index_fill(self);
        return;
    }
    for (Py_ssize_t at = 0; at < old->used; at++) {
        PyObject **entry = table_entry(old, at);
        if (entry[0] != NULL)
            append(self, entry[0], old->has_values ? entry[1] : NULL, table_entry_hash(old, entry));
    }
}

/* Move the entries to a table for `count` of them. */
static int remake(PyObject *owner, Py_ssize_t count, bool has_hashes)
{
    table *old = table_of(owner), *made = table_new(count, old->has_values, has_hashes);
    if (made == NULL)
        return -1;
    append_all(made, old, TABLE_OWNER(owner)->ma_used);
    TABLE_OWNER(owner)->ma_keys = made;
    table_free(old);
    return 0;
}

int table_reserve(PyObject *owner, Py_ssize_t count)
{
    table *self = table_of(owner);
    return self->room - self->used >= count - TABLE_OWNER(owner)->ma_used ? 0 : remake(owner, count, self->has_hashes);
}

/* Finding. ------------------------------------------------------------------------------------------------------------------- */

bool table_has_still(PyObject *owner, uint32_t then, Py_ssize_t at)
{
    table *self = table_of(owner);
    return self->serial == then && at < self->used && table_entry(self, at)[0] != NULL;
}

/* 1, 0, -1, or FOUND_CHANGED. The hashes are equal. */
static PYMM_NOINLINE int compare(PyObject *owner, Py_ssize_t at, PyObject *key)
{
    uint32_t serial = table_of(owner)->serial;
    PyObject *other = table_entry(table_of(owner), at)[0];
    if (PyUnicode_CheckExact(other) && PyUnicode_CheckExact(key))
        return object_unicode_is_equal(other, key); /* no other code runs */
    Py_INCREF(other);
    int is_equal = object_compare_bool(other, key, Py_EQ);
    Py_DECREF(other);
    return is_equal < 0 || table_has_still(owner, serial, at) ? is_equal : FOUND_CHANGED;
}

PYMM_INLINE int entry_is(PyObject *owner, table *self, Py_ssize_t at, PyObject *key, Py_hash_t hash)
{
    PyObject **entry = table_entry(self, at);
    return entry[0] == key ? 1 : table_entry_hash(self, entry) != hash ? 0 : compare(owner, at, key);
}

PYMM_INLINE int find_indexed(PyObject *owner, table *self, PyObject *key, Py_hash_t hash, Py_ssize_t *at, unsigned bytes)
{
    int found = 0;
    for (walk on = walk_begin(self, hash); found == 0; walk_on(&on)) {
        *at = index_get(self, on.place, bytes);
        if (*at == TABLE_EMPTY)
            return 0;
        if (*at != TABLE_DELETED)
            found = entry_is(owner, self, *at, key, hash);
    }
    return found;
}

static int find_once(PyObject *owner, PyObject *key, Py_hash_t hash, Py_ssize_t *at)
{
    table *self = table_of(owner);
    int found = 0;
    if (self->index_log2 == TABLE_TAGS_LOG2) {
        uint64_t match, left = ~UINT64_C(0); /* tags are read again: a comparison may have put entries in */
        while (found == 0 && (match = tags_match(*tags_of(self), tag_of(hash)) & left) != 0) {
            *at = base_ctz64(match) / 8;
            left = ~UINT64_C(0) << (8 * *at) << 8; /* the last one leaves none */
            found = entry_is(owner, self, *at, key, hash);
        }
        return found;
    }
    switch (self->index_bytes) {
    case 1: return find_indexed(owner, self, key, hash, at, 1);
    case 2: return find_indexed(owner, self, key, hash, at, 2);
    case 4: return find_indexed(owner, self, key, hash, at, 4);
    default: return find_indexed(owner, self, key, hash, at, 8);
    }
}

int table_find(PyObject *owner, PyObject *key, Py_hash_t hash, Py_ssize_t *at)
{
    int found;
    do
        found = find_once(owner, key, hash, at);
    while (PYMM_UNLIKELY(found == FOUND_CHANGED));
    return found;
}

/* Changing. ------------------------------------------------------------------------------------------------------------------ */

/* The first table is for as many entries as one with tags may have, or as take no more than what CPython makes of them. */
int table_add(PyObject *owner, PyObject *key, Py_hash_t hash, PyObject *value)
{
    Py_ssize_t used = TABLE_OWNER(owner)->ma_used;
    table *self = table_of(owner);
    bool is_full = self->used == self->room, has_hashes = !PyUnicode_CheckExact(key) || (self->has_hashes && used > 0);
    if (is_full || (has_hashes && !self->has_hashes)) {
        Py_ssize_t least = self->has_values ? 5 : TABLE_TAGS_ROOM, wanted = is_full ? used + used / 2 + 1 : self->room;
        Py_ssize_t count = wanted < least ? least : wanted;
        if (remake(owner, count, has_hashes) != 0)
            return -1;
    }
    append(table_of(owner), Py_NewRef(key), Py_XNewRef(value), hash);
    TABLE_OWNER(owner)->ma_used = used + 1;
    return 0;
}

/* Gaps at the end are given up, so that the last entry is found at once. The room for them goes as well: each entry that was ever
 * put in has made a place of the index unusable. */
static void cut_off(table *self)
{
    for (; self->used > 0 && table_entry(self, self->used - 1)[0] == NULL; self->used--)
        self->room--;
    self->serial = ++last_serial;
}

PyObject *table_take(PyObject *owner, Py_ssize_t at, PyObject **value)
{
    table *self = table_of(owner);
    PyObject **entry = table_entry(self, at), *key = entry[0];
    if (self->index_log2 == TABLE_TAGS_LOG2) {
        *tags_of(self) &= ~(UINT64_C(0xff) << (8 * at));
    } else {
        walk on = walk_begin(self, table_entry_hash(self, entry));
        while (index_get(self, on.place, self->index_bytes) != at)
            walk_on(&on);
        index_set(self, on.place, TABLE_DELETED, self->index_bytes);
    }
    if (value != NULL)
        *value = entry[1];
    entry[0] = NULL;
    TABLE_OWNER(owner)->ma_used--;
    if (at == self->used - 1)
        cut_off(self);
    return key;
}

PyObject **table_next(PyObject *owner, Py_ssize_t *at)
{
    table *self = table_of(owner);
    while (*at >= 0 && *at < self->used) {
        PyObject **entry = table_entry(self, (*at)++);
        if (entry[0] != NULL)
            return entry;
    }
    return NULL;
}

PyObject **table_previous(PyObject *owner, Py_ssize_t *at)
{
    table *self = table_of(owner);
    for (*at = Py_MIN(*at, self->used); *at > 0;) {
        PyObject **entry = table_entry(self, --*at);
        if (entry[0] != NULL)
            return entry;
    }
    return NULL;
}

void table_clear(PyObject *owner)
{
    table *self = table_of(owner);
    bool has_values = self->has_values;
    TABLE_OWNER(owner)->ma_keys = has_values ? &table_empty_dict.head : &table_empty_set.head;
    TABLE_OWNER(owner)->ma_used = 0;
    for (Py_ssize_t at = 0; at < self->used; at++) {
        PyObject **entry = table_entry(self, at);
        if (entry[0] != NULL) {
            Py_DECREF(entry[0]);
            if (has_values)
                Py_DECREF(entry[1]);
        }
    }
    table_free(self);
}

int table_copy(PyObject *owner, PyObject *from)
{
    if (TABLE_OWNER(from)->ma_used == 0)
        return 0;
    table *old = table_of(from), *made = table_new(TABLE_OWNER(from)->ma_used, old->has_values, old->has_hashes);
    if (made == NULL)
        return -1;
    append_all(made, old, TABLE_OWNER(from)->ma_used);
    for (Py_ssize_t at = 0; at < made->used; at++) {
        PyObject **entry = table_entry(made, at);
        Py_INCREF(entry[0]);
        if (made->has_values)
            Py_INCREF(entry[1]);
    }
    TABLE_OWNER(owner)->ma_keys = made;
    TABLE_OWNER(owner)->ma_used = TABLE_OWNER(from)->ma_used;
    return 0;
}

int table_visit(PyObject *owner, visitproc visit, void *arg)
{
    table *self = table_of(owner);
    for (Py_ssize_t at = 0; at < self->used; at++) {
        PyObject **entry = table_entry(self, at);
        Py_VISIT(entry[0]);
        if (entry[0] != NULL && self->has_values)
            Py_VISIT(entry[1]);
    }
    return 0;
}
