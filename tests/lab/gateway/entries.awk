# Prints the entries of a gateway's journal as journalctl 252 does, for journal/journalctl. A line of the file is
#	TIME IDENTIFIER[PID]: MESSAGE
# with TIME in seconds since 1970, or -N for N seconds before now; a message may begin with the <N> of its priority. Its cursor is the
# number of the line. Without a file (step > 0) there is a heartbeat each `step` seconds, whose number is its time by `step`.

function parse(line,	at, parts) {
	at = index(line, " ")
	text = substr(line, 1, at - 1)
	message = substr(line, at + 1)
	if (text ~ /^-/) {
		seconds = now + text
		fraction = "000000"
	} else {
		split(text, parts, ".")
		seconds = parts[1] + shift
		fraction = substr(parts[2] "000000", 1, 6)
	}
	at = index(message, ": ")
	sender = substr(message, 1, at - 1)
	message = substr(message, at + 2)
	identifier = sender
	sub(/\[.*/, "", identifier)
	pid = sender
	gsub(/^[^\[]*\[|\].*$/, "", pid)
	priority = 6
	if (message ~ /^<[0-7]>/) {
		priority = substr(message, 2, 1)
		message = substr(message, 4)
	}
	return unit == "" || (unit == "novavms-gateway" && (identifier == unit || identifier == "systemd"))
}

function json_text(text,	c, parts, count, i) {
	gsub(/\\/, "\\\\&", text)
	gsub(/"/, "\\\\&", text)
	if (text ~ /[\001-\037]/)
		for (c = 1; c < 32; c++) {
			count = split(text, parts, sprintf("[%c]", c))
			text = parts[1]
			for (i = 2; i <= count; i++)
				text = text sprintf("\\u%04x", c) parts[i]
		}
	return text
}

function field(name, value) {
	if (fields == "" || index("," fields ",", "," name ","))
		return ",\"" name "\":\"" json_text(value) "\""
	return ""
}

function print_json(number,	monotonic) {
	monotonic = sprintf("%.0f%s", seconds > boot ? seconds - boot : 0, fraction)
	sub(/^0+/, "", monotonic)
	printf "{\"__CURSOR\":\"%s\",\"__REALTIME_TIMESTAMP\":\"%.0f%s\",\"__MONOTONIC_TIMESTAMP\":\"%s\",\"_BOOT_ID\":\"%s\"%s%s%s%s%s%s%s%s}\n",
		cursor(number), seconds, fraction, monotonic, "5f0c2d1e8b7a4c3d9e6f1a2b3c4d5e6f", field("PRIORITY", priority),
		field("SYSLOG_IDENTIFIER", identifier), field("_PID", pid), field("_HOSTNAME", gateway), field("MESSAGE", message),
		field("_TRANSPORT", identifier == "systemd" ? "journal" : "stdout"),
		field("_SYSTEMD_UNIT", identifier == "systemd" ? "init.scope" : identifier ".service"),
		identifier == "systemd" ? field("UNIT", "novavms-gateway.service") : ""
}

function cursor(number) {
	return "s=8d2f6c0a4b1e4f7f9a3c5e7d1b2a4c6e;i=" number
}

# Prints the entry that was parsed last.
function print_entry(number) {
	if (output == "json")
		print_json(number)
	else if (output == "cat")
		print message
	else {
		if (output == "short-unix")
			text = sprintf("%.0f.%s", seconds, fraction)
		else if (output == "short")
			text = strftime("%b %d %H:%M:%S", seconds)
		else
			text = strftime("%Y-%m-%dT%H:%M:%S", seconds) (output == "short-iso" ? "" : "." fraction) strftime("%z", seconds)
		print text (host == "" ? "" : " " host), sender ": " message
	}
}

# Notes an entry of the journal as it is now.
function take(line, number) {
	if (!parse(line))
		return
	last = number
	if (number >= first && (since == "" || seconds >= since)) {
		lines_of[++count] = line
		number_of[count] = number
	}
}

function heartbeat(number) {
	return number * step ".000123 novavms-gateway[812]: INFO heartbeat"
}

BEGIN {
	now = systime() + shift
	getline uptime <"/proc/uptime"
	boot = now - int(uptime)
	if (since ~ /^-/)
		since += now
	if (step) {
		total = int(systime() / step)
		for (number = total - 86400 / step; number <= total; number++)
			take(heartbeat(number), number)
	} else
		while ((getline line <file) > 0)
			take(line, ++total)

	# After a place that is named -n counts from there on, else from the end.
	from = 1
	to = count
	if (lines != "" && lines < count) {
		if (first > 0 || since != "")
			to = lines
		else
			from = count - lines + 1
	}
	for (i = from; i <= to; i++) {
		parse(lines_of[i])
		print_entry(number_of[i])
	}
	if (follow)
		fflush()
	else {
		if (to < from && !quiet && output != "json")
			print "-- No entries --"
		if (show) {
			if (to >= from)
				last = number_of[to]
			else if (count > 0 && first > 0) # -n 0 steps over the entry after the cursor
				last = number_of[1]
			else if (since != "")
				last = ""
			if (last == "")
				exit 1
			print "-- cursor: " cursor(last)
		}
		exit
	}
}

{
	now = systime() + shift
	if (step)
		while (total * step + step <= systime()) {
			if (parse(heartbeat(++total)))
				print_entry(total)
		}
	else if (NR > total && parse($0))
		print_entry(NR)
	fflush()
}
