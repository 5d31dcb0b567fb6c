/* workers.c: threads that operate on blocks of the model's: requests go out in batches, results come back in order.
 *
 * Owns: the threads and their batches. While a batch is out the worker runs at the same time as the model's thread.
 * Does not own: what an operation does (model.c). Read model.h first. */
#include "model.h"

#include <pthread.h>

typedef struct worker {
    pthread_t thread;
    int is_started;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int is_busy, is_ending;
    size_t out_count, waiting_count;
    model_request out[MODEL_BATCH];     /* the worker's while is_busy */
    model_request waiting[MODEL_BATCH]; /* the model's */
} worker;

static worker workers[MODEL_WORKERS];
static void (*slot_came_back)(model_slot *slot);

static void request_do(const model_request *request)
{
    switch (request->kind) {
    case MODEL_ALLOCATE: slot_allocate(request->slot, request->bytes, request->bytes % 3 == 0); break;
    case MODEL_RESIZE: slot_resize(request->slot, request->bytes); break;
    case MODEL_FREE: slot_free(request->slot); break;
    case MODEL_RELEASE: heap_thread_release(); break;
    }
}

static void *worker_main(void *arg)
{
    worker *self = arg;
    pthread_mutex_lock(&self->lock);
    for (;;) {
        while (!self->is_busy && !self->is_ending)
            pthread_cond_wait(&self->changed, &self->lock);
        if (!self->is_busy)
            break;
        pthread_mutex_unlock(&self->lock);
        for (size_t i = 0; i < self->out_count; i++)
            request_do(&self->out[i]);
        pthread_mutex_lock(&self->lock);
        self->is_busy = 0;
        pthread_cond_broadcast(&self->changed);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* Wait for the batch that is out and take it in. */
static void batch_take_in(worker *self)
{
    pthread_mutex_lock(&self->lock);
    while (self->is_busy)
        pthread_cond_wait(&self->changed, &self->lock);
    pthread_mutex_unlock(&self->lock);
    for (size_t i = 0; i < self->out_count; i++)
        if (self->out[i].slot != NULL)
            slot_came_back(self->out[i].slot);
    self->out_count = 0;
}

static void batch_send(worker *self)
{
    batch_take_in(self);
    memcpy(self->out, self->waiting, self->waiting_count * sizeof *self->waiting);
    pthread_mutex_lock(&self->lock);
    self->out_count = self->waiting_count;
    self->waiting_count = 0;
    self->is_busy = 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void worker_request(unsigned which, model_request request)
{
    worker *self = &workers[which];
    self->waiting[self->waiting_count++] = request;
    if (self->waiting_count == MODEL_BATCH)
        batch_send(self);
}

void worker_collect(unsigned which)
{
    worker *self = &workers[which];
    if (self->waiting_count > 0)
        batch_send(self);
    batch_take_in(self);
}

static void worker_start(worker *self)
{
    self->is_ending = 0;
    TEST_REQUIRE(pthread_create(&self->thread, NULL, worker_main, self) == 0, "no thread");
    self->is_started = 1;
}

void worker_restart(unsigned which)
{
    worker *self = &workers[which];
    worker_collect(which);
    pthread_mutex_lock(&self->lock);
    self->is_ending = 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    TEST_REQUIRE(pthread_join(self->thread, NULL) == 0, "no thread");
    worker_start(self);
}

void workers_start(void (*came_back)(model_slot *slot))
{
    slot_came_back = came_back;
    for (size_t i = 0; i < MODEL_WORKERS; i++)
        if (!workers[i].is_started) {
            pthread_mutex_init(&workers[i].lock, NULL);
            pthread_cond_init(&workers[i].changed, NULL);
            worker_start(&workers[i]);
        }
}
