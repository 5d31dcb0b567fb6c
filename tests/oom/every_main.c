/* every_main.c: `PROGRAM [quick]`: a test program of another room without memory: each of its allocations fails, in a process of its own.
 *
 * Those programs look at no result and could not live without memory. So only one thing is seen of a failure: the function of the
 * API that the program had called (or that its callback had) returns here and not to the program. It must have ended with a
 * MemoryError, or with what it ends with where nothing fails, and the heap, the collector's states and a whole collection must be as ever (the last two where
 * no other call is under way, of which the program's callback is a part). The program itself goes on as if nothing had been: it
 * is forked at each allocation. Failures from the same calls at the same places are tried again when
 * they have come twice, four times and so on, without `quick`. Leaks are not seen here but in the scenarios (driver.c).
 *
 * The program's own main is called test_main; `PROGRAM cases` is for one whose main lists cases (conformance/check.h). It is compiled
 * without tail calls, which are not on the stack, and stacks are read as the x86-64 has them. */
#include "pymm.h"
#include "pymm_gc.h"

#include <Python.h>

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

int test_main(int argc, char **argv);
extern char __executable_start[], etext[];

enum { STACKS_MAX = 1 << 16, SECONDS_MAX = 120, SHOWN_MAX = 20, REPEATS_MAX = 256 };

/* A way on which an allocation was come to, and how often. */
typedef struct stack {
    uint64_t hash;
    uint32_t count;
} stack;
static stack stacks[STACKS_MAX];

enum way { EVER_AFTER, ONCE, UNHARMED };

static struct report {
    size_t allocation_count, run_count, failure_count, outside_count;
    char error[400]; /* what the function that returned last has set, if that is no MemoryError; "": it has said nothing */
} *report;
static FILE *messages, *out; /* stderr of what is forked; the driver's stdout */
static PyMemAllocatorEx below[3];
static int is_quick, is_apart, is_failing, is_once;
static pid_t starter; /* only this process forks: a program's own children do not */
static const char *case_name = "";

/* The call of the program's within which an allocation is: what was called, and where its return address lies. */
typedef struct call {
    uintptr_t function, *return_place;
    uintptr_t from; /* in the program */
    uint64_t hash;
} call;

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *arg)
{
    call *of = arg;
    uintptr_t ip = _Unwind_GetIP(context);
    int is_ours = ip >= (uintptr_t)__executable_start && ip < (uintptr_t)etext;
    of->hash = (of->hash ^ ip) * UINT64_C(0x9e3779b97f4a7c15);
    of->hash ^= of->hash >> 29;
    if (of->function != 0 && is_ours) {
        of->return_place = (uintptr_t *)_Unwind_GetCFA(context) - 1;
        of->from = ip - (uintptr_t)__executable_start;
        return _URC_END_OF_STACK;
    }
    if (!is_ours)
        of->function = (uintptr_t)_Unwind_FindEnclosingFunction((void *)ip);
    return _URC_NO_REASON;
}

static void *library_of(uintptr_t ip)
{
    Dl_info info;
    return dladdr((void *)ip, &info) != 0 ? info.dli_fbase : NULL;
}

/* How often libpymm is entered: more than once within a callback. */
static _Unwind_Reason_Code count_entries(struct _Unwind_Context *context, void *arg)
{
    static int was_library;
    int is_library = library_of(_Unwind_GetIP(context)) == library_of((uintptr_t)Py_IsInitialized);
    *(int *)arg += is_library && !was_library;
    was_library = is_library;
    return _URC_NO_REASON;
}

static const char *name_of(uintptr_t function)
{
    Dl_info info;
    return dladdr((void *)function, &info) != 0 && info.dli_sname != NULL ? info.dli_sname : "?";
}

/* In the process in which it failed ------------------------------------------------------------------------------------- */

static const char *called_name;
static int was_set, entry_count; /* was there an exception before? */

static void complain(const char *what, const char *detail)
{
    dprintf(STDERR_FILENO, "%s: %s %s\n", called_name, what, detail); /* stderr may have been opened anew, with a buffer */
    _exit(9);
}

/* Not those that return nothing, put back what was set before, or are made to swallow errors. */
static int tells_errors(void)
{
    static const char *const others[] = {"PyDict_GetItem", "PyDict_GetItemString", "PyErr_NormalizeException", "PyErr_Print",
                                         "PyMapping_HasKey", "PyMapping_HasKeyString", "PyObject_HasAttr", "PyObject_HasAttrString", NULL};
    for (const char *const *name = others; *name != NULL; name++)
        if (strcmp(*name, called_name) == 0)
            return 0;
    return 1;
}

static void note_error(PyObject *error)
{
    PyObject *text = PyObject_Str(error);
    const char *utf8 = text == NULL ? NULL : PyUnicode_AsUTF8(text);
    snprintf(report->error, sizeof report->error, "%s: %s", Py_TYPE(error)->tp_name, utf8 == NULL ? "?" : utf8);
    PyErr_Clear();
    Py_XDECREF(text);
    Py_DECREF(error);
}

/* The function called by the program has returned. */
__attribute__((used, noreturn)) static void returned(uintptr_t result)
{
    char message[200] = "";
    is_failing = 0;
    if (Py_IsInitialized() && PyGILState_Check()) {
        PyObject *error = PyErr_Occurred();
        if (error != NULL && !was_set && tells_errors() && !PyErr_GivenExceptionMatches(error, PyExc_MemoryError))
            note_error(PyErr_GetRaisedException());
        if (error == NULL && tells_errors() && (result == 0 || (uint32_t)result == UINT32_MAX))
            strcpy(report->error, "fails without an error");
        PyErr_Clear();
        if (entry_count == 1)
            pymm_gc_collect(2);
        if (entry_count == 1 && pymm_gc_check(message, sizeof message) != 0)
            complain("collector's check:", message);
    }
    if (pymm_check(message, sizeof message) != 0)
        complain("heap's check:", message);
    _exit(0);
}

void returned_here(void);
__asm__(".text\nreturned_here:\n\tmov %rax, %rdi\n\tandq $-16, %rsp\n\tcall returned\n");

static void fail_from_here(const call *of, enum way way)
{
    is_apart = 1;
    is_failing = way != UNHARMED;
    is_once = way == ONCE;
    called_name = name_of(of->function);
    was_set = Py_IsInitialized() && PyGILState_Check() && PyErr_Occurred() != NULL;
    _Unwind_Backtrace(count_entries, &entry_count);
    alarm(SECONDS_MAX);
    dup2(fileno(messages), STDERR_FILENO);
    *of->return_place = (uintptr_t)returned_here;
}

/* In the process that goes on ------------------------------------------------------------------------------------------- */

static void show(const call *of, const char *what, int number)
{
    char line[400];
    if (report->failure_count++ >= SHOWN_MAX)
        return;
    fprintf(out, "%s: allocation %zu, %s called at %#lx: %s %d\n", case_name, report->allocation_count, name_of(of->function),
           (unsigned long)of->from, what, number);
    rewind(messages);
    for (int i = 0; i < 12 && fgets(line, sizeof line, messages) != NULL; i++)
        fprintf(out, "    %s", line);
    fflush(out);
}

/* Is this the end that the manual promises where there is no memory to begin with? */
static int is_documented_fatal(int status)
{
    char text[4096];
    rewind(messages);
    text[fread(text, 1, sizeof text - 1, messages)] = '\0';
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strstr(text, "Fatal Python error: ") != NULL && strstr(text, "memory") != NULL;
}

static int is_due(const call *of)
{
    size_t index = of->hash % STACKS_MAX;
    while (stacks[index].hash != of->hash && stacks[index].count != 0)
        index = (index + 1) % STACKS_MAX;
    stacks[index].hash = of->hash;
    uint32_t count = ++stacks[index].count;
    return is_quick ? count == 1 : (count & (count - 1)) == 0 && count <= REPEATS_MAX;
}

/* In a child that ends when the function returns: 1. In the program: 0, and the child's end in *status. */
static int fork_here(const call *of, enum way way, int *status)
{
    rewind(messages);
    if (ftruncate(fileno(messages), 0) != 0)
        exit(2);
    report->error[0] = '\0';
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        fail_from_here(of, way);
        return 1;
    }
    if (child < 0 || waitpid(child, status, 0) != child)
        exit(2);
    return 0;
}

/* A signal, an error that is no MemoryError, or none with a result that may mean one, has to be that of a run in which nothing
 * fails: what failed was not needed, or there at the second try. As fork_here. */
static int compare_ends(const call *of, enum way way, int status)
{
    char error[sizeof report->error];
    int unharmed;
    strcpy(error, report->error);
    if (fork_here(of, UNHARMED, &unharmed))
        return 1;
    if (status != unharmed || strcmp(error, report->error) != 0) {
        show(of, error, way);
        show(of, "ends otherwise than unharmed, which is", unharmed);
        show(of, report->error, UNHARMED);
    }
    return 0;
}

/* As fork_here. */
static int try_here(const call *of, enum way way)
{
    int status = 0;
    report->run_count++;
    if (fork_here(of, way, &status))
        return 1;
    if (is_documented_fatal(status))
        return 0;
    if (WIFSIGNALED(status) || report->error[0] != '\0')
        return compare_ends(of, way, status);
    if (WEXITSTATUS(status) != 0)
        show(of, "status", WEXITSTATUS(status));
    return 0;
}

static int fails(void)
{
    if (is_apart) {
        int is_now = is_failing;
        is_failing &= !is_once;
        return is_now;
    }
    if (getpid() != starter || gettid() != starter)
        return 0;
    call of = {0, NULL, 0, 0};
    report->allocation_count++;
    _Unwind_Backtrace(look_at_frame, &of);
    if (of.return_place == NULL || library_of(of.function) != library_of((uintptr_t)Py_IsInitialized)) {
        report->outside_count++;
        return 0;
    }
    if (!is_due(&of))
        return 0;
    int is_child = try_here(&of, EVER_AFTER) || (!is_quick && try_here(&of, ONCE));
    int is_now = is_failing;
    is_failing &= !is_once;
    return is_child && is_now;
}

static void *every_malloc(void *ctx, size_t bytes)
{
    PyMemAllocatorEx *to = ctx;
    return fails() ? NULL : to->malloc(to->ctx, bytes);
}
static void *every_calloc(void *ctx, size_t count, size_t bytes)
{
    PyMemAllocatorEx *to = ctx;
    return fails() ? NULL : to->calloc(to->ctx, count, bytes);
}
static void *every_realloc(void *ctx, void *block, size_t bytes)
{
    PyMemAllocatorEx *to = ctx;
    return fails() ? NULL : to->realloc(to->ctx, block, bytes);
}
static void every_free(void *ctx, void *block)
{
    PyMemAllocatorEx *to = ctx;
    to->free(to->ctx, block);
}

static int run_test(char *name)
{
    static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
    char program[] = "test", *arguments[] = {program, name, NULL};
    starter = getpid();
    for (int i = 0; i < 3; i++) {
        PyMem_GetAllocator(domains[i], &below[i]);
        PyMemAllocatorEx hook = {&below[i], every_malloc, every_calloc, every_realloc, every_free};
        PyMem_SetAllocator(domains[i], &hook);
    }
    return test_main(name == NULL ? 1 : 2, arguments);
}

/* A case may end as it likes. */
static void run_case(char *name)
{
    case_name = name;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL || freopen("/dev/null", "w", stdout) == NULL)
            _exit(2);
        run_test(name);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
}

static int run_cases(void)
{
    char program[] = "test", list[] = "--list", *arguments[] = {program, list, NULL}, line[400];
    int ends[2];
    if (pipe(ends) != 0)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        exit(test_main(2, arguments));
    }
    close(ends[1]);
    FILE *names = fdopen(ends[0], "r");
    waitpid(child, NULL, 0);
    while (fgets(line, sizeof line, names) != NULL) {
        line[strcspn(line, "\t\n")] = '\0';
        run_case(line);
    }
    fclose(names);
    return 0;
}

int main(int argc, char **argv)
{
    int has_cases = argc > 1 && strcmp(argv[1], "cases") == 0;
    is_quick = argc > 1 && strcmp(argv[argc - 1], "quick") == 0;
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    messages = tmpfile();
    out = fdopen(dup(STDOUT_FILENO), "w");
    if (report == MAP_FAILED || messages == NULL || out == NULL)
        return 2;
    int result = has_cases ? run_cases() : run_test(NULL);
    fprintf(out, "%zu allocations, %zu failed, %zu outside of calls, %zu failures\n", report->allocation_count, report->run_count,
            report->outside_count, report->failure_count);
    fclose(out);
    return result != 0 || report->run_count == 0 || report->failure_count != 0;
}
