/* ports.h: what the tests of the ports share: a check that ends the program, threads, random numbers, patterns.
 *
 * Plain C over the C library, since cmocka and POSIX are not on every system that pymm is ported to. A failed check says
 * where and ends with status 1. Owns: nothing. Read first: ports.c. */
#ifndef TESTS_PORTS_H
#define TESTS_PORTS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <pthread.h>
#include <time.h>
#endif

#define CHECK(condition, ...)                                                          \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: not true: %s: ", __FILE__, __LINE__, #condition);  \
            fprintf(stderr, __VA_ARGS__);                                              \
            fputc('\n', stderr);                                                       \
            fflush(stderr);                                                            \
            _Exit(1);                                                                  \
        }                                                                              \
    } while (0)

/* Threads ----------------------------------------------------------------------------------------------------------- */

typedef struct port_thread {
    void (*run)(void *arg);
    void *arg;
#ifdef _WIN32
    HANDLE handle;
#else
    pthread_t handle;
#endif
} port_thread;

#ifdef _WIN32
static inline DWORD WINAPI port_thread_main(void *arg)
#else
static inline void *port_thread_main(void *arg)
#endif
{
    port_thread *thread = arg;
    thread->run(thread->arg);
    return 0;
}

/* `thread` must outlive the thread. */
static inline void port_thread_start(port_thread *thread, void (*run)(void *arg), void *arg)
{
    thread->run = run;
    thread->arg = arg;
#ifdef _WIN32
    thread->handle = CreateThread(NULL, 0, port_thread_main, thread, 0, NULL);
    CHECK(thread->handle != NULL, "no thread, error %lu", (unsigned long)GetLastError());
#else
    CHECK(pthread_create(&thread->handle, NULL, port_thread_main, thread) == 0, "no thread");
#endif
}

static inline void port_thread_join(port_thread *thread)
{
#ifdef _WIN32
    CHECK(WaitForSingleObject(thread->handle, INFINITE) == WAIT_OBJECT_0, "thread lost");
    CloseHandle(thread->handle);
#else
    CHECK(pthread_join(thread->handle, NULL) == 0, "thread lost");
#endif
}

static inline void port_pause_ms(unsigned milliseconds)
{
#ifdef _WIN32
    Sleep(milliseconds);
#else
    struct timespec pause = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    nanosleep(&pause, NULL);
#endif
}

/* Random numbers and patterns ----------------------------------------------------------------------------------------- */

static inline uint64_t port_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* All of a small block, both ends and a byte of each page of a larger one. */
static inline size_t port_step(size_t at, size_t bytes) { return bytes <= 8192 || at < 512 || at + 512 >= bytes ? 1 : 509; }

static inline void port_fill(void *block, size_t bytes, unsigned seed)
{
    unsigned char *at = block;
    for (size_t i = 0; i < bytes; i += port_step(i, bytes))
        at[i] = (unsigned char)(i * 7 + seed);
}

/* Do the first `kept_bytes` of a block that was filled over `bytes` hold what was written? */
static inline int port_holds(const void *block, size_t kept_bytes, size_t bytes, unsigned seed)
{
    const unsigned char *at = block;
    for (size_t i = 0; i < kept_bytes; i += port_step(i, bytes))
        if (at[i] != (unsigned char)(i * 7 + seed))
            return 0;
    return 1;
}

static inline int port_is_zero(const void *block, size_t bytes)
{
    const unsigned char *at = block;
    return bytes == 0 || (at[0] == 0 && memcmp(at, at + 1, bytes - 1) == 0);
}

/* ports_os.c: the contract of os.h. */
void port_check_os(void);
#endif
