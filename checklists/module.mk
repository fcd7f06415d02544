# Embedded in the program; installed for whoever wants to copy them.
checklistsdir = $(pkgdatadir)/checklists
dist_checklists_DATA = checklists/post-deploy.yml checklists/first-ten-minutes.yml
