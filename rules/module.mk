# Embedded in the program; installed for whoever wants to copy them.
rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = rules/shipped.yml
