// What the rig asks of the engine that no command of tern does: tern never misplaces a page on purpose.
// Each check prints one line: what it saw, and exit status 0, or what was wrong, and 1.

import CNuma
import Engine
import Glibc
import Kernels

/// What a check saw that it should not have seen.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

let checks: [String: ([Int]) throws -> String] = [
  "one-page": { _ in try misplacedPage(huge: false) },
  "one-huge-page": { _ in try misplacedPage(huge: true) },
  "no-such-node": { _ in try nodeThatIsNotThere() },
  "over-capacity": { try moreThanANodeHolds(node: $0.first ?? 0) },
  "move": { try pageOfAnotherProcess(Int32($0.first ?? 0)) },
  "balancing": { _ in try pagesThatBalancingUnmapped() },
  "offline": { try cpuThatGoesAway($0.first ?? 1) },
]

let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first, let check = checks[name] else {
  print("usage: RigPlacement \(checks.keys.sorted().joined(separator: "|")) [NUMBER]")
  exit(64)
}
do {
  print(try check(arguments.dropFirst().compactMap { Int($0) }))
} catch {
  print(error)
  exit(1)
}

/// A hundred thousand pages, one of which is moved behind the engine's back; or fewer, and its huge page goes with it.
func misplacedPage(huge: Bool) throws -> String {
  let pages = huge ? 20_480 : 100_000
  let page = 4096
  let (home, other) = (MemoryNodes.usable[0], MemoryNodes.usable[1])
  let memory = try NodeMemory(bytes: pages * page, node: home)
  let bytes = memory.buffer
  if !huge, madvise(bytes.address, bytes.bytes, MADV_NOHUGEPAGE) != 0 { throw Failure("madvise: errno \(errno)") }
  bytes.address.initializeMemory(as: UInt8.self, repeating: 1, count: bytes.bytes)
  let before = try memory.countPages()
  guard before.pagesByNode == [home: pages], before.problem == nil else { throw Failure("before: \(before)") }

  let status = try move(bytes.address + 12_345 * page, to: other)
  guard status == other else { throw Failure("the kernel did not move the page: status \(status)") }
  let after = try memory.countPages()
  let moved = huge ? 512 : 1
  guard after.pagesByNode == [home: pages - moved, other: moved], after.pagesMisplaced == moved,
    let problem = after.problem
  else { throw Failure("after: \(after)") }
  return problem
}

/// Moves one page that another process bound to a node.
func pageOfAnotherProcess(_ process: Int32) throws -> String {
  guard let file = fopen("/proc/\(process)/numa_maps", "r") else { throw Failure("numa_maps: errno \(errno)") }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 4096)
  while fgets(&line, Int32(line.count), file) != nil {
    let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(separator: " ")
    guard words.count > 2, words[1].hasPrefix("bind:"), let home = Int(words[1].dropFirst(5)),
      words.contains(where: { $0.hasPrefix("N\(home)=") }), let address = UInt(words[0], radix: 16)
    else { continue }
    let other = home == MemoryNodes.usable[0] ? MemoryNodes.usable[1] : MemoryNodes.usable[0]
    let status = try move(UnsafeMutableRawPointer(bitPattern: address), to: other, of: process)
    guard status == other else { throw Failure("the kernel did not move the page: status \(status)") }
    return "moved a page of process \(process) from node \(home) to node \(other)"
  }
  throw Failure("process \(process) has no bound page")
}

func move(_ page: UnsafeMutableRawPointer?, to node: Int, of process: Int32 = 0) throws -> Int {
  var pages = [page]
  var nodes = [Int32(node)]
  var status: [Int32] = [-1]
  // 2 is MPOL_MF_MOVE, a macro with a cast that Swift does not import.
  guard move_pages(process, 1, &pages, &nodes, &status, 2) == 0 else { throw Failure("move_pages: errno \(errno)") }
  return Int(status[0])
}

func nodeThatIsNotThere() throws -> String {
  let node = (MemoryNodes.usable.last ?? 0) + 5
  do {
    _ = try NodeMemory(bytes: 4096, node: node)
  } catch let error as EngineError {
    return error.description
  }
  throw Failure("memory of node \(node) was given, and there is no such node")
}

/// What is refused would have ended this process; what is accepted is there.
func moreThanANodeHolds(node: Int) throws -> String {
  guard let free = MemoryNodes.freeBytes(of: node) else { throw Failure("the kernel does not say what is free") }
  let fits = try NodeMemory(bytes: free / 8, node: node)
  fits.buffer.address.initializeMemory(as: UInt8.self, repeating: 1, count: fits.buffer.bytes)
  guard try fits.countPages().problem == nil else { throw Failure("an eighth of the free memory was misplaced") }
  do {
    _ = try NodeMemory(bytes: free, node: node)
  } catch let error as EngineError {
    return error.description
  }
  throw Failure("node \(node) was asked for more than it has, and nothing refused")
}

/// Memory with no policy, whose pages the kernel unmaps to see who touches them.
func pagesThatBalancingUnmapped() throws -> String {
  let pages = 8192
  let buffer = try AlignedBuffer(bytes: pages * 4096)
  var unmapped = 0
  var polls = 0
  let start = time(nil)
  // Balancing scans a process' memory while it works, beginning a second after its start.
  while unmapped == 0, time(nil) - start < 20 {
    polls += 1
    buffer.address.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: polls), count: buffer.bytes)
    unmapped = try unanswered(buffer, pages: pages)
  }
  // The engine has no bound memory here, so where pages are is not the question; whether each has an answer is.
  let placement = try PagePlacement(of: buffer, belongingOn: MemoryNodes.usable[0])
  guard placement.pagesUnknown == 0, placement.pages == pages else { throw Failure("\(placement)") }
  return "the kernel left \(unmapped) of \(pages) pages unanswered, the engine none"
}

func unanswered(_ buffer: AlignedBuffer, pages: Int) throws -> Int {
  var addresses: [UnsafeMutableRawPointer?] = (0..<pages).map { buffer.address + $0 * 4096 }
  var nodes = [Int32](repeating: -1, count: pages)
  guard move_pages(0, UInt(pages), &addresses, nil, &nodes, 0) == 0 else { throw Failure("errno \(errno)") }
  return nodes.count { $0 < 0 }
}

/// A pinned pool whose CPU is switched off under it, and a pool that is given a CPU that is off.
func cpuThatGoesAway(_ cpu: Int) throws -> String {
  let pool = try ThreadPool(threads: 2, placement: .pinned, cpus: [0, cpu])
  guard pool.verifyAffinity().isEmpty else { throw Failure("at first: \(pool.verifyAffinity())") }
  try write("0", to: "/sys/devices/system/cpu/cpu\(cpu)/online")
  defer { try? write("1", to: "/sys/devices/system/cpu/cpu\(cpu)/online") }
  let problems = pool.verifyAffinity()
  guard problems.contains(where: { "\($0)".hasPrefix("thread 1 was put on CPU \(cpu) and the kernel") }) else {
    throw Failure("the CPU went away and nothing was said: \(problems)")
  }
  do {
    _ = try ThreadPool(threads: 2, placement: .pinned, cpus: [0, cpu])
  } catch let error as EngineError where error.description.contains("CPU \(cpu) is offline") {
    return "\(problems[0]); \(error)"
  }
  throw Failure("a CPU that is off was accepted")
}

func write(_ text: String, to path: String) throws {
  guard let file = fopen(path, "w") else { throw Failure("\(path): errno \(errno)") }
  let isWritten = fputs(text, file) >= 0
  guard fclose(file) == 0, isWritten else { throw Failure("\(path): errno \(errno)") }
}
