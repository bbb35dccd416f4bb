import Engine
import Foundation
import Glibc
import Kernels
import Training

// What a training step's matrix products cost: multiply-adds a second of the three products of a BitLinear, against the
// machine's ceiling (the fma probe) and, where it is installed, OpenBLAS on as many threads; then whole steps, in tokens
// a second. `make bench-training` prints it.

/// Columns of the model and tokens of a batch; those of the models that are trained here.
let shapes = [
  (name: "q, o  512 x 512", rows: 512, columns: 512), (name: "gate  1536 x 512", rows: 1536, columns: 512),
  (name: "down  512 x 1536", rows: 512, columns: 1536), (name: "q     256 x 256", rows: 256, columns: 256),
  (name: "head  32000 x 256", rows: 32000, columns: 256),
]
let tokens = 1024
let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1

/// The wall time of a call.
///
/// CPU time would not do: threads that wait for work burn it too.
func seconds(_ body: () -> Void) -> Double { ContinuousClock().measure(body) / .seconds(1) }

func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
  let numbers = UnsafeMutablePointer<Float>.allocate(capacity: count)
  for i in 0..<count { numbers[i] = Float(i % 7) - 3 }
  return numbers
}

/// cblas_sgemm(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc), of cblas.h.
typealias SGEMM =
  @convention(c) (
    Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32, Float,
    UnsafeMutablePointer<Float>, Int32
  ) -> Void

let library = dlopen("libopenblas.so.0", RTLD_NOW)
let sgemm = library.flatMap { dlsym($0, "cblas_sgemm") }.map { unsafeBitCast($0, to: SGEMM.self) }
if let setThreads = library.flatMap({ dlsym($0, "openblas_set_num_threads") }) {
  unsafeBitCast(setThreads, to: (@convention(c) (Int32) -> Void).self)(Int32(threads))
}
let (rowMajor, plain, turned): (Int32, Int32, Int32) = (101, 111, 112)
// The CPU it has kernels for here. Where OPENBLAS_CORETYPE is set, that one, however old: then the comparison says little.
let core = library.flatMap { dlsym($0, "openblas_get_corename") }.map {
  String(cString: unsafeBitCast($0, to: (@convention(c) () -> UnsafePointer<CChar>).self)())
}

/// Rounds in which the ceiling and both products are measured one after the other.
///
/// Neighbours on a shared core slow all three alike, and all do the same work; the least time of each counts, as what
/// disturbs a call makes it longer.
let rounds = 9
// Pinned behind OpenBLAS's start, whose threads would be pinned as well: free threads share a CPU for a while after they
// slept.
let pool = try ThreadPool(threads: threads, placement: threads == 1 ? .free : .pinned, cpus: Array(0..<threads))
let products = try MatrixProducts(pool: pool)
let probe = Probe.best(.fma)
let name = { (text: String) in text.padding(toLength: 44, withPad: " ", startingAt: 0) }

func line(_ product: String, _ macs: Int, _ ours: () -> Void, _ theirs: (() -> Void)?) {
  var (roof, least, leastTheirs) = (Double.infinity, Double.infinity, Double.infinity)
  for _ in 0..<rounds {
    roof = min(roof, seconds { pool.run { _ in _ = probe.run(work: macs / threads) } })
    least = min(least, seconds(ours))
    guard let theirs else { continue }
    leastTheirs = min(leastTheirs, seconds(theirs))
    // Its threads look for more work for 2²⁶ cycles before they sleep, and would take the CPU from ours.
    if threads > 1 { usleep(60_000) }
  }
  let rate = Double(macs) / roof
  func share(_ seconds: Double) -> String { String(format: "%9.1f", Double(macs) / seconds / rate * 100) }
  print(
    name(product), String(format: "%6.1f", rate * 1e-9), share(least),
    theirs == nil ? "        -" : share(leastTheirs))
}

print("\(threads) threads, \(probe.id), OpenBLAS for \(core ?? "no CPU: it is not installed")")
print(name("\(tokens) tokens"), "  roof     tern, % OpenBLAS, %")
for shape in shapes {
  let (n, k, t) = (shape.rows, shape.columns, tokens)
  let (x, w, y) = (numbers(t * k), numbers(n * k), numbers(t * n))
  let macs = n * k * t
  let (N, K, T) = (Int32(n), Int32(k), Int32(t))
  line(
    "\(shape.name)  y = x·wT", macs,
    {
      products.add(
        .rows(x, stride: k), .transposed(w, stride: k), rows: t, depth: k, columns: n, to: y, stride: n)
    }, sgemm.map { sgemm in { sgemm(rowMajor, plain, turned, T, N, K, 1, x, K, w, K, 1, y, N) } })
  line(
    "\(shape.name)  dx = dy·w", macs,
    { products.add(.rows(y, stride: n), .rows(w, stride: k), rows: t, depth: n, columns: k, to: x, stride: k) },
    sgemm.map { sgemm in { sgemm(rowMajor, plain, plain, T, K, N, 1, y, N, w, K, 1, x, K) } })
  line(
    "\(shape.name)  dw = dyT·x", macs,
    { products.add(.transposed(y, stride: n), .rows(x, stride: k), rows: n, depth: t, columns: k, to: w, stride: k) },
    sgemm.map { sgemm in { sgemm(rowMajor, turned, plain, N, K, T, 1, y, N, x, K, 1, w, K) } })
  for memory in [x, w, y] { memory.deallocate() }
}
try Steps(pool: pool, probe: probe).run()
