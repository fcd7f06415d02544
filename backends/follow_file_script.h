#ifndef MW_BACKENDS_FOLLOW_FILE_SCRIPT_H
#define MW_BACKENDS_FOLLOW_FILE_SCRIPT_H

/* A POSIX sh program, to be put behind the assignments of f, n and k; see the source. */
extern const char follow_file_script[];

#endif
