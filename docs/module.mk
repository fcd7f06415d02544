# The key tables of the manual come from the action table. Between % and %, since config.status replaces its own names between @ and @ here, too.
noinst_PROGRAMS += docs/keys-man
docs_keys_man_SOURCES = docs/keys_man.c
docs_keys_man_LDADD = libpanels.a $(GLIB_LIBS)

man_MANS = docs/midwatch.1
CLEANFILES += docs/midwatch.1 docs/keys.roff
EXTRA_DIST += docs/midwatch.1.in

docs/midwatch.1: $(srcdir)/docs/midwatch.1.in docs/keys-man$(EXEEXT) Makefile
	$(AM_V_GEN)./docs/keys-man$(EXEEXT) > docs/keys.roff && \
	sed -e '/^%KEYS%$$/{r docs/keys.roff' -e 'd' -e '}' -e 's|%VERSION%|$(VERSION)|g' -e 's|%DOCDIR%|$(docdir)|g' \
		$(srcdir)/docs/midwatch.1.in > $@.part && ! grep '%[A-Z]*%' $@.part && mv $@.part $@

examplesdir = $(docdir)/examples
dist_examples_DATA = docs/examples/vm-and-gateways.yml docs/examples/fleet.yml docs/examples/product.yml docs/examples/minimal.yml docs/examples/logrotate-bytelyst-vm

formatsdir = $(docdir)
dist_formats_DATA = docs/checklists.md docs/rules.md
