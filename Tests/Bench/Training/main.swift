import Engine
import Foundation
import Glibc
import Kernels
import Training

// What a training step's matrix products cost: multiply-adds a second of the three products of a BitLinear, against the
// machine's ceiling (the fma probe) and, where it is installed, OpenBLAS on as many threads. `make bench-training`
// prints it.

/// Columns of the model and tokens of a batch; those of the models that are trained here.
let shapes = [
  (name: "q, o  512 x 512", rows: 512, columns: 512), (name: "gate  1536 x 512", rows: 1536, columns: 512),
  (name: "down  512 x 1536", rows: 512, columns: 1536), (name: "q     256 x 256", rows: 256, columns: 256),
  (name: "head  32000 x 256", rows: 32000, columns: 256),
]
let tokens = 1024
let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1
let pool = try ThreadPool(threads: threads, placement: .free)
let products = try MatrixProducts(pool: pool)

/// The least CPU time of a few calls, by thread: what disturbs a call makes it longer, and other programs do not count.
func seconds(_ body: () -> Void) -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  let times = (0..<9).map { _ in
    let start = now()
    body()
    return (now() - start) / Double(threads)
  }
  return times.min() ?? .infinity
}

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

let work = 500_000_000
let probe = Probe.best(.fma)
let roof =
  Double(work) * Double(threads) / seconds { pool.run { _ in _ = probe.run(work: work) } }

func line(_ product: String, _ macs: Int, _ ours: Double, _ theirs: Double?) {
  func share(_ seconds: Double) -> String { String(format: "%5.1f", Double(macs) / seconds / roof * 100) }
  print(product.padding(toLength: 44, withPad: " ", startingAt: 0), share(ours), theirs.map(share) ?? "    -")
}

print(String(format: "%d threads, roof %.1f G multiply-adds/s (%@)", threads, roof * 1e-9, probe.id))
print("% of the roof, \(tokens) tokens".padding(toLength: 44, withPad: " ", startingAt: 0), " tern  OpenBLAS")
for shape in shapes {
  let (n, k, t) = (shape.rows, shape.columns, tokens)
  let (x, w, y, turnedY) = (numbers(t * k), numbers(n * k), numbers(t * n), numbers(t * n))
  let macs = n * k * t
  let (N, K, T) = (Int32(n), Int32(k), Int32(t))
  line(
    "\(shape.name)  y = x·wT", macs,
    seconds { products.add(x, stride: k, rows: t, depth: k, .transposed(w, stride: k), columns: n, to: y, stride: n) },
    sgemm.map { sgemm in seconds { sgemm(rowMajor, plain, turned, T, N, K, 1, x, K, w, K, 0, y, N) } })
  line(
    "\(shape.name)  dx = dy·w", macs,
    seconds { products.add(y, stride: n, rows: t, depth: n, .rows(w, stride: k), columns: k, to: x, stride: k) },
    sgemm.map { sgemm in seconds { sgemm(rowMajor, plain, plain, T, K, N, 1, y, N, w, K, 0, x, K) } })
  line(
    "\(shape.name)  dw = dyT·x, turned", macs,
    seconds {
      products.transpose(y, stride: n, rows: t, columns: n, into: turnedY)
      products.add(turnedY, stride: t, rows: n, depth: t, .rows(x, stride: k), columns: k, to: w, stride: k)
    },
    sgemm.map { sgemm in seconds { sgemm(rowMajor, turned, plain, N, K, T, 1, y, N, x, K, 0, w, K) } })
  for memory in [x, w, y, turnedY] { memory.deallocate() }
}
