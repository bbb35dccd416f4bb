import Kernels
import Suites
import Testing

@testable import Harness

@Suite struct ForcedKernelTests {
  /// A build with a family that cannot run here at all, and one that can in part; the reasons read as the registry's.
  private let context = SuiteContext(
    models: [],
    kernels: [
      .init(id: "lut@avx512", name: "lut", isBest: false, unavailableReason: "needs avx512bw, which this CPU lacks"),
      .init(id: "simd@avx512", name: "simd", isBest: false, unavailableReason: "needs avx512bw, which this CPU lacks"),
      .init(id: "simd@avx2", name: "simd", isBest: true, unavailableReason: nil),
      .init(id: "naive@portable", name: "naive", isBest: true, unavailableReason: nil),
    ],
    coresPhysical: 1, meters: [], placements: [], headFormats: [])

  @Test(
    "a kernel forced by name that the CPU cannot run is refused with what there is", arguments: ["lut@avx512", "lut"])
  func unavailableIsRefused(name: String) throws {
    let refusal = try #require(context.refusal(ofKernel: name))
    #expect(
      "\(refusal)" == "Kernel '\(name)' cannot run here: it needs avx512bw, which this CPU lacks. "
        + "Available: simd@avx2, naive@portable.")
  }

  @Test(
    "what runs, what a glob names and what nobody knows is not refused here",
    arguments: ["simd", "simd@avx2", "*", "lut@*", "l?t", "smid", ""])
  func othersPass(name: String) {
    #expect(context.refusal(ofKernel: name) == nil)
  }
}
