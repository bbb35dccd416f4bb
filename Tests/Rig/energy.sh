# Energy: three ways to read the same joules agree with each other and with the truth, which the module was told.

parameters=/sys/module/fakepower/parameters

# A package for each node; watts of all of them together, and of their memory, as the module has them by default.
packages=$nodes
watts=$((50 * packages))
watts_dram=$((5 * packages))

# measure COMMAND...: a program under the energy meter; the report in /tmp/energy.json.
measure() { tern measure --meters time,energy --json -o /tmp/energy.json -- "$@"; }

# as_nobody COMMAND...: without privilege.
as_nobody() { su -s /bin/sh nobody -c "$*"; }

# metric NAME: a number of the last measurement, from the object "metrics".
metric() {
  awk -v key="\"$1\"" '
    /"metrics" : \{/ { inside = 1 }
    inside && $1 == key { sub(/,$/, "", $3); print $3; exit }
    inside && /\}/ { inside = 0 }' /tmp/energy.json
}

# zone ID: the joules of one zone of the last measurement.
zone() {
  awk -v zone="\"$1\"" '
    /\{/ { energy = ""; found = 0 }
    $1 == "\"energy_j\"" { sub(/,$/, "", $3); energy = $3 }
    $1 == "\"zone\"" { sub(/,$/, "", $3); found = $3 == zone }
    /\}/ { if (found && energy != "") { print energy; exit } }' /tmp/energy.json
}

# ready: whether this build of tern measures programs and energy at all.
ready() {
  tern --help | grep -q '^  measure ' || { echo "this build has no tern measure"; return 75; }
  tern measure --meters time --json -o /tmp/energy.json -- true
}

# near A B FRACTION: whether two numbers are there and differ by at most a fraction of the second.
near() { [ -n "$1" ] && [ -n "$2" ] && holds "($1 - $2) <= $3 * $2 && ($2 - $1) <= $3 * $2"; }

insmod /rig/fakepower.ko packages="$packages"

tree() {
  line=
  for zone in intel-rapl:0 intel-rapl:0:0 intel-rapl:0:1 intel-rapl:1 intel-rapl:1:0 intel-rapl:1:1 intel-rapl:2; do
    line="$line$(cat /sys/class/powercap/$zone/name) "
    [ "$(stat -c %a /sys/class/powercap/$zone/energy_uj)" = 400 ] || fail "$zone is open to all" || return 1
  done
  [ -e /sys/bus/event_source/devices/power/events/energy-ram ] || fail "no perf events" || return 1
  [ "$(cat /sys/class/hwmon/hwmon1/energy2_label)" = Esocket1 ] || fail "no hwmon" || return 1
  echo "powercap ${line% }; perf CPUs $(cat /sys/bus/event_source/devices/power/cpumask)"
}

doctor() {
  ready || return
  tern doctor --json > /tmp/doctor.json || return 1
  grep -A 8 '"id" : "energy' /tmp/doctor.json | grep -q '"state" : "ok"' ||
    fail "doctor finds no energy: $(grep -A 8 '"id" : "energy' /tmp/doctor.json | tr -d '\n')" || return 1
  echo "doctor finds energy"
}

# seconds: how long the energy meter's own window was; the clock's lies inside it.
seconds() { calc "$(fact energy /tmp/energy.json) / 1e9"; }

# expected WATTS: joules of the last window at a power.
expected() { calc "$1 * $(seconds)"; }

# patiently CHECK: a check that is about time, three times at most. A busy host stops a machine like this one for tens
# of milliseconds, also between two readings or while the update interval is measured; a defect is there every time.
patiently() {
  for try in 1 2 3; do
    "$@"
    status=$?
    [ $status = 0 ] || [ $status = 75 ] && return $status
  done
  return $status
}

agreement() {
  ready || return
  measure sleep 2 || return 1
  powercap=$(zone intel-rapl:0) perf=$(zone energy-pkg/cpu0) hwmon=$(zone hwmon1/energy1)
  all=$(metric energy_package_j) dram=$(metric energy_dram_j) system=$(metric energy_system_j)
  line="over $(seconds) s: powercap $powercap J, perf $perf J, hwmon $hwmon J; "
  line="${line}packages $all J, dram $dram J, system $system J"
  near "$powercap" "$perf" 0.005 && near "$powercap" "$hwmon" 0.005 && near "$perf" "$hwmon" 0.005 &&
    near "$all" "$(expected $watts)" 0.005 && near "$dram" "$(expected $watts_dram)" 0.005 &&
    near "$system" "$(expected 140)" 0.01 || fail "$line $(why energy_package_j)" || return 1
  echo "$line"
}

# why METRIC: the reason that the last measurement gives for the absence of a metric.
why() {
  awk -v what="\"$1\"" '
    $1 == "\"reason\"" { reason = $0; sub(/.*" : "/, "", reason); sub(/",$/, "", reason) }
    $1 == "\"what\"" && $3 == what { print reason; exit }' /tmp/energy.json
}

# truth: the last window's package energy is right, or it is absent and a problem says why.
truth() {
  energy=$(metric energy_package_j)
  if [ -n "$energy" ]; then
    near "$energy" "$(expected $watts)" 0.01 ||
      fail "$energy J in $(seconds) s at $watts W: a wrong number" || return 1
    echo "$energy J in $(seconds) s at $watts W"
  else
    reason=$(why energy_package_j)
    [ -n "$reason" ] || fail "absent, and nothing says why" || return 1
    echo "absent: $reason"
  fi
}

# The counters of 1 kJ start again 50 J before their end, in the middle of the window.
wrap() {
  ready || return
  echo 1000000000 > $parameters/range_uj
  echo 950000000 > $parameters/start_uj
  measure sleep 2
  status=$?
  after=$(cat /sys/class/powercap/intel-rapl:0/energy_uj)
  echo 262143328850 > $parameters/range_uj
  [ $status = 0 ] || return 1
  [ "$after" -lt 900000000 ] || fail "no wrap: the counter is at $after" || return 1
  [ -n "$(metric energy_package_j)" ] || fail "no number: $(why energy_package_j)" || return 1
  truth
}

# A counter that is set to 0 is not one that wrapped: there is no right number.
reset() {
  ready || return
  echo 200000000000 > $parameters/start_uj
  measure sh -c "sleep 1; echo 0 > $parameters/start_uj; sleep 1" || return 1
  [ -z "$(metric energy_package_j)" ] || fail "$(metric energy_package_j) J over a reset" || return 1
  truth
}

# Whatever a driver's error is, user space gets EINVAL of powercap; the window has no number, and the next one has.
failing() {
  ready || return
  for errno in 5 19 61; do
    measure sh -c "sleep 0.5; echo $errno > $parameters/fail_errno; sleep 0.5"
    status=$?
    echo 0 > $parameters/fail_errno
    [ $status = 0 ] || return 1
    [ -z "$(metric energy_package_j)" ] || fail "$(metric energy_package_j) J though reads failed" || return 1
    truth > /tmp/truth.out || { cat /tmp/truth.out; return 1; }
  done
  measure sleep 1 || return 1
  [ -n "$(metric energy_package_j)" ] || fail "reads work again, and $(why energy_package_j)" || return 1
  cat /tmp/truth.out
}

# Energy counters are root's alone: another user gets the reason, and no number.
unprivileged() {
  ready || return
  rm -f /tmp/energy.json
  as_nobody tern measure --meters time,energy --json -o /tmp/energy.json -- sleep 0.2 2> /tmp/refusal
  status=$?
  if [ -e /tmp/energy.json ]; then
    [ -z "$(metric energy_package_j)" ] || fail "a number without permission" || return 1
  fi
  grep -ohi '[^"]*root only[^"]*' /tmp/refusal /tmp/energy.json 2> /dev/null | head -n 1 | grep . ||
    fail "exit status $status and no reason: $(cat /tmp/refusal)"
}

# Readable by others, as a rule of udev can have it.
permitted() {
  ready || return
  chmod 444 /sys/class/powercap/intel-rapl:*/energy_uj
  rm -f /tmp/energy.json
  as_nobody tern measure --meters time,energy --json -o /tmp/energy.json -- sleep 2
  status=$?
  chmod 400 /sys/class/powercap/intel-rapl:*/energy_uj
  [ $status = 0 ] || return 1
  [ -n "$(metric energy_package_j)" ] || fail "readable, and not measured: $(why energy_package_j)" || return 1
  truth
}

# Power that changes in the window: energy is what was used, not the power at an end times time.
changing() {
  ready || return
  measure sh -c "sleep 1; echo 150000 > $parameters/package_mw; sleep 1; echo 50000 > $parameters/package_mw" ||
    return 1
  energy=$(metric energy_package_j) perf=$(zone energy-pkg/cpu0)
  near "$energy" "$(calc "$packages * $perf")" 0.005 || fail "$energy J, perf has $packages x $perf J" || return 1
  # One second of two at three times the power; sleeping is not exact.
  near "$energy" "$(expected $((2 * watts)))" 0.05 || fail "$energy J in $(seconds) s" || return 1
  echo "$energy J in $(seconds) s, one of them at three times the power"
}

check energy-tree tree
check energy-doctor doctor
check energy-three-sources-agree patiently agreement
check energy-wrap patiently wrap
check energy-reset patiently reset
check energy-power-changes patiently changing
check energy-errors-in-the-window patiently failing
check energy-without-permission unprivileged
check energy-with-permission patiently permitted
