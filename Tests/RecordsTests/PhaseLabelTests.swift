import Records
import Testing

@Suite struct PhaseLabelTests {
  @Test(arguments: [
    PhaseRecord(label: "pp512", kind: .model, prompt: 512),
    PhaseRecord(label: "tg128", kind: .model, generate: 128),
    PhaseRecord(label: "pp512+tg128", kind: .model, prompt: 512, generate: 128),
    PhaseRecord(label: "tg128@d1024", kind: .model, generate: 128, depth: 1024),
    PhaseRecord(label: "pp512@d1024", kind: .model, prompt: 512, depth: 1024),
    PhaseRecord(label: "pp1+tg2@d3", kind: .model, prompt: 1, generate: 2, depth: 3),
    PhaseRecord(label: "gemv", kind: .matrices, batch: 1),
    PhaseRecord(label: "gemm128", kind: .matrices, batch: 128),
    PhaseRecord(label: "head", kind: .head, batch: 1),
    PhaseRecord(label: "head32", kind: .head, batch: 32),
    PhaseRecord(label: "probe:read", kind: .probe),
    PhaseRecord(label: "probe:int8", kind: .probe),
  ])
  func aLabelReadsAsItsPhase(phase: PhaseRecord) throws {
    #expect(try PhaseRecord(label: phase.label) == phase)
  }

  @Test(arguments: zip(["gemm1", "head1", "pp0512", "tg8@d01"], ["gemv", "head", "pp512", "tg8@d1"]))
  func anotherSpellingOfAPhaseBecomesTheCanonicalOne(spelling: String, label: String) throws {
    #expect(try PhaseRecord(label: spelling).label == label)
  }

  @Test(arguments: [
    "", "pp", "pp0", "tg-1", "pp512+", "+tg8", "tg8+pp8", "pp8+pp8", "tg8@", "tg8@1024", "tg8@d", "tg8@d1@d2", "gemm",
    "gemv2", "gemm0", "headless", "probe", "probe:", "probe:write", "pp 512", "pp５", "tg99999999999999999999", "PP512",
    "tg16777217",
  ])
  func anythingElseIsRefusedWithWhatIsAccepted(text: String) {
    #expect {
      try PhaseRecord(label: text)
    } throws: { error in
      "\(error)".hasPrefix("\"\(text)\" is not a phase") && "\(error)".contains("Accepted are pp512, tg128")
    }
  }

  @Test(arguments: zip(["pp512+tg128", "tg8@d99", "gemv", "gemm128", "head32"], [640, 8, 1, 128, 32]))
  func aPhaseCountsItsTokens(label: String, tokens: Int) throws {
    #expect(try PhaseRecord(label: label).tokensPerIteration == tokens)
  }

  @Test func aProbeHasNoTokens() throws {
    #expect(try PhaseRecord(label: "probe:read").tokensPerIteration == nil)
  }
}

@Suite struct ProbePhaseTests {
  @Test func aProbeNamesWhatItMeasuresAndWhere() {
    let memory = PhaseRecord.probe("read")
    #expect(memory.label == "probe:read" && memory.kind == .probe)
    #expect(memory.probeName == "read" && memory.probePlace == nil)
    let nodes = PhaseRecord.probe("latency", at: "node0-node1")
    #expect(nodes.label == "probe:latency@node0-node1")
    #expect(nodes.probeName == "latency" && nodes.probePlace == "node0-node1")
    #expect(PhaseRecord(label: "tg128@d4", kind: .model).probeName == nil)
    #expect(PhaseRecord(label: "probe:", kind: .probe).probeName == nil)
  }
}
