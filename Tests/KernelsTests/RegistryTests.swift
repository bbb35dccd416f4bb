import Testing

@testable import Kernels

@Suite struct RegistryTests {
  /// The families, each once: every one has a portable row, so all of them run everywhere.
  static let families = Set(KernelRegistry.kernels.map(\.name)).sorted()

  @Test func `A name resolves to its best available kernel`() throws {
    let best = try KernelRegistry.resolve("simd")
    #expect(best.name == "simd")
    #expect(best.isAvailable)
    let others = KernelRegistry.kernels.filter { $0.name == "simd" && $0.isAvailable }
    #expect(others.allSatisfy { $0.priority <= best.priority })
  }

  @Test(arguments: KernelRegistry.kernels.filter(\.isAvailable).map(\.id))
  func `An id resolves to itself`(id: String) throws {
    #expect(try KernelRegistry.resolve(id).id == id)
  }

  @Test func `An unknown name is told the nearest one and what there is`() {
    #expect {
      try KernelRegistry.resolve("smd")
    } throws: { error in
      "\(error)" == "No kernel is called 'smd'; did you mean 'simd'? Known: \(Self.families.joined(separator: ", "))."
    }
    #expect {
      try KernelRegistry.resolve("simd@avx3")
    } throws: { error in
      "\(error)".hasPrefix("No kernel is called 'simd@avx3'; did you mean 'simd@avx2'?")
    }
    #expect {
      try KernelRegistry.resolve("")
    } throws: { error in
      "\(error)" == "No kernel is called ''. Known: \(Self.families.joined(separator: ", "))."
    }
  }

  @Test func `A kernel that this CPU cannot run is explained`() {
    let error = KernelError.unavailable(
      name: "simd@avx512", reason: "needs avx512bw, which this CPU lacks", available: ["naive@portable", "simd@avx2"])
    #expect(
      error.description == "Kernel 'simd@avx512' cannot run here: it needs avx512bw, which this CPU lacks. "
        + "Available: naive@portable, simd@avx2.")
  }

  @Test func `Availability names every missing instruction set and no other`() {
    #expect(Availability(needs: [.avx2], detected: [.avx2, .fma]) == .available)
    #expect(
      Availability(needs: [.avx2, .avx512BW, .i8mm], detected: [.avx2]).reason
        == "needs avx512bw and i8mm, which this CPU lacks")
  }

  @Test func `Patterns match names, or ids if they have an at sign`() throws {
    #expect(Set(try KernelRegistry.matching("*@*").map(\.id)) == Set(KernelRegistry.kernels.map(\.id)))
    #expect(try KernelRegistry.matching("*").map(\.name) == Self.families)
    #expect(try KernelRegistry.matching("*").allSatisfy(\.isAvailable))
    #expect(Set(try KernelRegistry.matching("*@portable").map(\.name)) == Set(Self.families))
    #expect(try KernelRegistry.matching("si*").map(\.name) == ["simd"])
    #expect(try KernelRegistry.matching("naive").map(\.id) == ["naive@portable"])
    #expect(throws: KernelError.self) { try KernelRegistry.matching("z*") }
    #expect(throws: KernelError.self) { try KernelRegistry.matching("naive@*512") }
  }

  @Test(arguments: [
    ("*", "", true), ("*", "abc", true), ("a*", "abc", true), ("*c", "abc", true), ("a*c", "abc", true),
    ("a*b*c", "abc", true), ("a**c", "abc", true), ("b*", "abc", false), ("*b", "abc", false),
    ("a*cc", "abc", false), ("abc*abc", "abc", false), ("abc", "abc", true), ("ab", "abc", false),
    ("*b*b*", "abc", false), ("", "", true), ("", "a", false),
  ])
  func `A star stands for any characters`(pattern: String, text: String, expected: Bool) {
    #expect(KernelRegistry.glob(pattern, matches: text) == expected)
  }

  @Test func `Every row has a packing, a format and a sentence about itself`() {
    for kernel in KernelRegistry.kernels {
      #expect(kernel.packing.rowBlock > 0)
      #expect(!kernel.summary.isEmpty)
      // Plain C runs on every machine that the tests run on.
      if kernel.isa == "portable" { #expect(kernel.verified == .hardware, "\(kernel.id)") }
    }
    #expect(Set(KernelRegistry.denseKernels.map(\.format)) == Set(DenseFormat.allCases))
    for format in DenseFormat.allCases { #expect(DenseKernel.best(for: format).format == format) }
    for kind in Probe.Kind.allCases { #expect(Probe.best(kind).name == kind.rawValue) }
  }
}
