/* What the files of the lab's C helper share. */
#ifndef MW_TESTS_LAB_PRIVATE_H
#define MW_TESTS_LAB_PRIVATE_H

#include <glib.h>
#include <stdarg.h>
#include <sys/types.h>

struct lab {
	char *dir, *script, *run; /* run: the lab's mark, see sweep.sh */
	char *ssh_config, *docker_socket;
	GHashTable *children;     /* name → process id */
};

struct lab_child {
	int death_signal;
	pid_t parent;
};

char *lab_run(const GPtrArray *argv);
GPtrArray *lab_argv(struct lab *lab, const char *function, va_list more);
/* Starts a server that gets `death_signal` when the test ends. */
pid_t lab_spawn(struct lab *lab, const char *name, const char *const *argv, int death_signal);
/* The same, and waits until its log has the word. FALSE when it ended instead, as it does when its port is taken. */
gboolean lab_spawn_until(struct lab *lab, const char *name, const char *const *argv, const char *word);
gboolean lab_child_is_alive(struct lab *lab, const char *name);
/* Starts a double that prints "listening on WHAT" when it does, and gives WHAT. Ends with the test. */
char *lab_double_start(struct lab *lab, const char *name, const char *const *argv);
/* Kills a child with all that descends from it, if it is there. */
void lab_child_stop(struct lab *lab, const char *name);
/* Writes a file of the lab's at once; counts the lines of one, 0 when it is not there. */
void lab_write(struct lab *lab, const char *name, const char *text);
guint lab_count_lines(struct lab *lab, const char *name);
/* Signals a child and all that descends from it, and waits for the child. */
void lab_kill_tree(pid_t pid, int signal_number);
/* Ends the lab's containers and its daemon. */
void lab_docker_down(struct lab *lab);

#endif
