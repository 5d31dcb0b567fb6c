/* program.c: finds the program that `pymm run` becomes, and says beforehand why it cannot.
 *
 * Owns: PATH, scripts (the kernel's #! and env's words), .py files, the statuses 126 and 127.
 * Does not own: the verdict on an ELF file (python.c), executing (run.c). Read first: program.h. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "python.h"

enum { SCRIPT_DEPTH_MAX = 5 }; /* the kernel follows as many interpreters that are scripts themselves */

/* 0 when the file at `path` can be executed by this user, or an errno value. EISDIR for a directory. */
static int file_error(const char *path, int access_mode)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    if (!S_ISREG(status.st_mode))
        return EACCES;
    return faccessat(AT_FDCWD, path, access_mode, AT_EACCESS) == 0 ? 0 : errno;
}

/* Look for `name` in the directories of PATH. Returns 0, or ENOENT, or EACCES when there is one that cannot be
 * executed. */
static int path_search(const char *name, char *path)
{
    const char *folders = getenv("PATH");
    char standard[256] = "";
    int result = ENOENT;

    if (!folders) {
        confstr(_CS_PATH, standard, sizeof standard);
        folders = standard;
    }
    for (;;) {
        size_t bytes = strcspn(folders, ":");
        /* An empty element is the current directory. */
        int length = snprintf(path, PATH_MAX, "%.*s%s%s", (int)bytes, folders, bytes ? "/" : "./", name);
        int error = length < PATH_MAX ? file_error(path, X_OK) : ENAMETOOLONG;
        if (error == 0)
            return 0;
        if (error == EACCES)
            result = EACCES;
        if (!folders[bytes])
            return result;
        folders += bytes + 1;
    }
}

static int word_find(const char *word, char *path)
{
    if (!strchr(word, '/'))
        return strlen(word) > NAME_MAX ? ENOENT : path_search(word, path);
    if (snprintf(path, PATH_MAX, "%s", word) >= PATH_MAX)
        return ENAMETOOLONG;
    return file_error(path, X_OK);
}

/* The line for an error of file_error or word_find; `subject` is what the user can see, with what belongs to it. */
static int refuse_file(struct refusal *refusal, const char *subject, int error, bool is_searched)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return refuse(refusal, STATUS_NOT_FOUND, "%s: not found; check the name%s", subject,
                      is_searched ? " and PATH" : "");
    case EISDIR:
        return refuse(refusal, STATUS_CANNOT_EXECUTE, "%s: is a directory; give a program", subject);
    case EACCES:
        return refuse(refusal, STATUS_CANNOT_EXECUTE, "%s: permission denied; check that it may be executed: ls -lL",
                      subject);
    default:
        return refuse(refusal, STATUS_CANNOT_EXECUTE, "%s: cannot be executed: %s; check the file", subject,
                      strerror(error));
    }
}

/* What the first line of a script names, as the kernel cuts it: one word, then one argument with all the rest. */
static void script_split(char *line, char **interpreter, char **argument)
{
    line += strspn(line, " \t");
    size_t end = strlen(line);
    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t'))
        line[--end] = '\0';
    *interpreter = line;
    line += strcspn(line, " \t");
    if (*line)
        *line++ = '\0';
    *argument = line + strspn(line, " \t");
}

/* The program that `#!/usr/bin/env ARGUMENT` starts: with -S the first word that is neither option nor assignment.
 * NULL when that cannot be told. */
static char *env_program(char *argument)
{
    if (*argument != '-')
        return *argument ? argument : NULL;
    if (text_starts_with(argument, "--split-string="))
        argument += strlen("--split-string=");
    else if (!text_starts_with(argument, "--") && strchr(argument, 'S') &&
             strcspn(argument, "S") < strcspn(argument, " \t"))
        argument = strchr(argument, 'S') + 1;
    else
        return NULL;
    for (char *rest, *word = strtok_r(argument, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
        if (strpbrk(word, "\"'\\$") || text_starts_with(word, "-"))
            return NULL; /* quoting, or an option that may have an argument: env knows better */
        else if (!strchr(word, '='))
            return word;
    return NULL;
}

static int judge_elf(const char *path, const char *subject, bool is_script, const struct image *image,
                     struct refusal *refusal)
{
    char version[PYTHON_VERSION_BYTES], loader_subject[PATH_MAX + 512];
    enum python_verdict verdict = python_judge(path, image, version);

    if (verdict > PYTHON_NOT_PYTHON)
        return refuse(refusal, STATUS_REFUSED, "%s%s is %s; %s", subject, is_script ? "" : ":",
                      python_verdict_words[verdict].is, python_verdict_words[verdict].advice);
    if (image->loader[0] && access(image->loader, F_OK) != 0) {
        snprintf(loader_subject, sizeof loader_subject, "%s%s needs the dynamic loader %s", subject,
                 is_script ? "" : ":", image->loader);
        return refuse_file(refusal, loader_subject, errno, false);
    }
    return 0;
}

static int program_check(const char *path, const char *subject, int depth, struct program *program,
                         struct refusal *refusal);

/* Check the interpreter of a script. Only env searches in PATH; the kernel takes the name as it is. */
static int interpreter_check(const char *script, const char *name, bool is_searched, int depth, struct program *program,
                             struct refusal *refusal)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", name);
    int error = is_searched && *name ? word_find(name, path) : file_error(name, X_OK);
    char *subject = text_format("%s: its interpreter %s", script, error ? name : path);
    int status = error ? refuse_file(refusal, subject, error, is_searched && !strchr(name, '/'))
                       : program_check(path, subject, depth + 1, program, refusal);

    free(subject);
    return status;
}

static int script_check(const char *path, struct image *image, int depth, struct program *program,
                        struct refusal *refusal)
{
    char *interpreter, *argument;

    script_split(image->first_line, &interpreter, &argument);
    if (!*interpreter)
        return refuse(refusal, STATUS_CANNOT_EXECUTE, "%s: its first line names no interpreter; correct the line",
                      path);
    if (depth >= SCRIPT_DEPTH_MAX)
        return refuse(refusal, STATUS_CANNOT_EXECUTE,
                      "%s: too many scripts that are each other's interpreter; correct its "
                      "first line",
                      path);
    bool is_env = strcmp(text_base_name(interpreter), "env") == 0;
    char *name = is_env ? env_program(argument) : NULL;
    int status = interpreter_check(path, interpreter, false, depth, program, refusal);
    if (status == 0 && name)
        status = interpreter_check(path, name, true, depth, program, refusal);
    return status;
}

/* Look into the file. `subject` begins the line of a refusal: the path, or "SCRIPT: its interpreter PATH". */
static int program_check(const char *path, const char *subject, int depth, struct program *program,
                         struct refusal *refusal)
{
    struct image image;

    if (image_read(path, &image) != 0)
        return 0; /* it may be executed but not read: the kernel decides, and children that are Python still get pymm */
    switch (image.kind) {
    case IMAGE_SCRIPT:
        return script_check(path, &image, depth, program, refusal);
    case IMAGE_ELF:
        return judge_elf(path, subject, depth > 0, &image, refusal);
    case IMAGE_DAMAGED:
        return refuse(refusal, STATUS_CANNOT_EXECUTE, "%s: cannot be executed: %s; it is damaged or no program",
                      subject, strerror(ENOEXEC));
    case IMAGE_TEXT:
        program->is_shell_text = depth == 0;
        return 0;
    case IMAGE_OTHER:
        return 0; /* the kernel may know the format (binfmt_misc); run.c says so when it does not */
    }
    return 0;
}

/* python3 from PATH, for the file `word`. */
static int python_find(const char *word, struct program *program, struct refusal *refusal)
{
    int error = path_search("python3", program->path);

    if (error)
        return refuse(refusal, error == EACCES ? STATUS_CANNOT_EXECUTE : STATUS_NOT_FOUND,
                      "%s: python3 to run it is not %s PATH; install it, or name one: pymm run /path/to/python3 %s",
                      word, error == EACCES ? "executable in" : "in", word);
    char *subject = text_format("%s: its interpreter %s", word, program->path);
    int status = program_check(program->path, subject, 1, program, refusal);
    free(subject);
    return status;
}

/* NAME.py: found as python3 would find it, or else in PATH; read by python3, so that it need not be executable. */
static int python_file_find(const char *word, struct program *program, struct refusal *refusal)
{
    bool has_slash = strchr(word, '/') != NULL;
    int error = file_error(word, R_OK);

    /* A name that begins with "-" must not look like an option of python3's. */
    if (snprintf(program->script, PATH_MAX, "%s%s", *word == '-' ? "./" : "", word) >= PATH_MAX)
        error = ENAMETOOLONG;
    if (error == ENOENT && !has_slash)
        error = path_search(word, program->script);
    if (error == EACCES)
        return refuse(refusal, STATUS_CANNOT_EXECUTE, "%s: permission denied; check that it may be read: ls -lL", word);
    return error ? refuse_file(refusal, word, error, !has_slash) : python_find(word, program, refusal);
}

int program_find(const char *word, struct program *program, struct refusal *refusal)
{
    memset(program, 0, sizeof *program);
    if (!*word)
        return refuse(refusal, STATUS_NOT_FOUND, "run: the name of the program is empty; write pymm run PROG");
    if (text_ends_with(word, ".py"))
        return python_file_find(word, program, refusal);
    int error = word_find(word, program->path);
    return error ? refuse_file(refusal, word, error, !strchr(word, '/'))
                 : program_check(program->path, program->path, 0, program, refusal);
}
