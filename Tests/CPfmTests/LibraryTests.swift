import CPfm
import Testing

/// The library is there and answers; what Tern does with it is tested in MetersTests.
@Suite struct LibraryTests {
  @Test func itIsTheFourthVersionAndKnowsTheKernelsOwnEvents() {
    #expect(pfm_initialize() == PFM_SUCCESS)
    // PFM_VERSION: the major number in the upper half.
    #expect(pfm_get_version() >> 16 == 4)
    var information = pfm_pmu_info_t()
    information.size = MemoryLayout<pfm_pmu_info_t>.size
    #expect(pfm_get_pmu_info(PFM_PMU_PERF_EVENT, &information) == PFM_SUCCESS)
    #expect(String(cString: information.name) == "perf")
    #expect(information.nevents > 0)
  }

  @Test func theKernelsHeaderAndTheLibrarysAreOneStructure() {
    // Version 0 of the structure had 64 bytes; it only ever grew (perf_event_open(2), PERF_ATTR_SIZE_VER0).
    #expect(MemoryLayout<perf_event_attr>.size >= 64)
    #expect(PFM_PLM0 | PFM_PLM3 == 0x9)
  }
}
