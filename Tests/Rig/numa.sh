# Memory nodes: pages are where the threads are that read them, and what cannot be placed is refused in words.

# A checkpoint of 300 kB: its logits are known to be the same everywhere.
small=/rig/model

# bench FLAGS...: one short cell under placement numa, as JSON.
bench() { tern bench -k simd --placement numa -p 0 -n 1 -r 1 --no-warmup -o json "$@" > /tmp/bench.json; }

# spread NODES: whether every page of the last bench is counted, none is misplaced, and the nodes share them evenly.
spread() {
  most=0 least=999999999 nodesUsed=0 line=
  for node in $(seq 0 63); do
    pages=$(fact "numa_pages_node$node" /tmp/bench.json)
    [ -n "$pages" ] || continue
    nodesUsed=$((nodesUsed + 1))
    line="$line$pages on node $node, "
    [ "$pages" -gt $most ] && most=$pages
    [ "$pages" -lt $least ] && least=$pages
  done
  misplaced=$(fact numa_pages_misplaced /tmp/bench.json) unknown=$(fact numa_pages_unknown /tmp/bench.json)
  line="$line$misplaced misplaced, $unknown unknown"
  [ "$misplaced $unknown" = "0 0" ] || fail "$line" || return 1
  [ $nodesUsed = "$1" ] || fail "$line: expected $1 nodes" || return 1
  # Rows divide into blocks: shares differ by a block of each matrix, a few percent of a model.
  holds "$most - $least <= 0.02 * $most + 16" || fail "$line: not even" || return 1
  echo "pages: $line"
}

topology() {
  grep -q "^$(seq -s ' ' 1 "$nodes" | sed 's/1 .*/10 21/')" /sys/devices/system/node/node0/distance ||
    fail "distances $(cat /sys/devices/system/node/node0/distance)" || return 1
  [ "$(ls -d /sys/devices/system/node/node[0-9]* | wc -l)" = "$nodes" ] || fail "not $nodes nodes" || return 1
  echo "distances from node 0: $(cat /sys/devices/system/node/node0/distance)"
}

# A head of q4_0: emulated, its integers are several times faster than halves.
rowsOfEveryNode() { bench -m paper-125m:q4_0 -t "$cpus" && spread "$nodes"; }

# One thread needs one node; its memory is bound to that node all the same.
oneThread() { bench -m $small -t 1 && spread 1; }

sameBytes() {
  tern verify -m $small -k simd,lut,f16 -t "$cpus" --placement free,pinned,numa -p 3 -n 1
}

# Something fills a node; a model whose share does not fit is refused, and nothing is killed.
fullNode() {
  node=$((nodes - 1))
  free=$(awk '/MemFree/ { print int($4 / 1024) }' /sys/devices/system/node/node$node/meminfo)
  ballast=$((free - 60))
  mkdir -p /tmp/ballast
  mount -t tmpfs -o "mpol=bind:$node,size=${free}m" ballast /tmp/ballast
  fallocate -l ${ballast}m /tmp/ballast/file || dd if=/dev/zero of=/tmp/ballast/file bs=1M count=$ballast
  bench -m paper-1b -t "$cpus" 2> /tmp/bench.err
  status=$?
  umount /tmp/ballast
  dmesg | grep -q 'Out of memory\|oom-kill' && { dmesg | grep -i oom; return 1; }
  [ $status = 3 ] || fail "exit status $status, expected 3" || return 1
  grep -o "placement numa: node $node has [0-9]* bytes free and its share needs [0-9]*" /tmp/bench.json | head -n 1 |
    grep . || fail "no refusal: $(tail -n 3 /tmp/bench.err)"
}

# Bound memory is left alone by balancing; memory that is not makes the kernel's answers incomplete.
balanced() {
  echo 1 > /proc/sys/kernel/numa_balancing
  # Scan at once and often, so that a short run meets it.
  for file in scan_delay_ms scan_period_min_ms scan_period_max_ms; do
    [ -e /sys/kernel/debug/sched/numa_balancing/$file ] && echo 10 > /sys/kernel/debug/sched/numa_balancing/$file
  done
  bench -m $small -t "$cpus" && spread "$nodes"
  status=$?
  grep -q W-numa-balancing /tmp/bench.json || fail "no warning W-numa-balancing" || status=1
  return $status
}

unmapped() { RigPlacement balancing; }

# Something moves a page while a cell is measured: the repetitions after it see that, and the record says so.
movedMeanwhile() {
  bench -m $small -t "$cpus" -r 3 --delay 1.5 2> /tmp/bench.err &
  for try in $(seq 1 100); do
    process=$(pidof tern) && grep -q bind: "/proc/$process/numa_maps" && break
    sleep 0.1
  done
  sleep 1
  RigPlacement move "$process" || { kill "$process"; wait; return 1; }
  wait
  [ "$(fact numa_pages_misplaced /tmp/bench.json)" = 1 ] ||
    fail "numa_pages_misplaced is '$(fact numa_pages_misplaced /tmp/bench.json)'" || return 1
  grep -q W-numa-misplaced /tmp/bench.json || fail "no warning W-numa-misplaced" || return 1
  grep -o '"message" : ".*another.*node.*"' /tmp/bench.json | head -n 1 | grep . || echo "one page misplaced, as warned"
}

# The control group allows two CPUs and one node.
confined() {
  echo +cpuset > /tmp/cgroup/cgroup.subtree_control
  mkdir -p /tmp/cgroup/confined
  echo 0-1 > /tmp/cgroup/confined/cpuset.cpus
  echo 0 > /tmp/cgroup/confined/cpuset.mems
  (echo 0 > /tmp/cgroup/confined/cgroup.procs
    tern bench -m $small -k simd -t 2 --placement pinned -p 0 -n 1 -r 1 --no-warmup -o json) > /tmp/bench.json ||
    return 1
  # Those of the cell, not those of the machine's nodes.
  cpusUsed=$(tr -d ' \n' < /tmp/bench.json | sed 's/"cpus":[^]]*\],"distances"//g; s/.*"cpus":\[\([0-9,]*\)\].*/\1/')
  [ "$cpusUsed" = 0,1 ] || [ "$cpusUsed" = 1,0 ] || fail "pinned to CPUs '$cpusUsed', allowed 0-1" || return 1
  echo "cpuset of CPUs 0-1: threads on CPUs $cpusUsed"
}

# The kernel numbers the node without memory 2: its CPU's thread has its rows on node 1, the nearest, and the node
# without CPUs gets none.
nearestMemory() {
  bench -m $small -t 3 || return 1
  one=$(fact numa_pages_node0 /tmp/bench.json) two=$(fact numa_pages_node1 /tmp/bench.json)
  line="pages: $one on node 0, $two on node 1, $(fact numa_pages_misplaced /tmp/bench.json) misplaced"
  [ "$(fact numa_nodes /tmp/bench.json)" = 2 ] || fail "$line: expected two nodes" || return 1
  [ "$(fact numa_pages_misplaced /tmp/bench.json)" = 0 ] || fail "$line" || return 1
  holds "$two > 1.5 * $one" || fail "$line: expected two shares on node 1" || return 1
  echo "$line"
}

echo 0 > /proc/sys/kernel/numa_balancing
if [ "$nodes" = ragged ]; then
  check numa-nearest-memory nearestMemory
  check numa-same-bytes sameBytes
  return
fi
check numa-topology topology
check numa-every-row-on-its-node rowsOfEveryNode
check numa-one-thread-one-node oneThread
check numa-same-bytes sameBytes
check numa-one-page-in-100000 RigPlacement one-page
check numa-one-huge-page RigPlacement one-huge-page
check numa-no-such-node RigPlacement no-such-node
check numa-more-than-a-node-holds RigPlacement over-capacity 0
check numa-full-node fullNode
check numa-page-moved-meanwhile movedMeanwhile
check numa-balancing balanced
check numa-balancing-unmaps unmapped
echo 0 > /proc/sys/kernel/numa_balancing
check affinity-cpu-goes-offline RigPlacement offline $((cpus - 1))
check affinity-cpuset confined
