import CLinux
import Glibc
import Records
import Suites
import Testing

@testable import Meters

/// The events of the groups that come with the program, as libpfm4 encodes them, against what the makers publish.
///
/// The numbers are event selects and unit masks, `umask << 8 | event`, and were taken from the makers' own tables, not
/// from libpfm4:
///
/// - Intel: the event files at github.com/intel/perfmon (HSW, HSX, BDW, BDX, SKL, SKX, CLX, ICL, ICX, SPR, EMR, GNR and
///   ADL, `*_core.json`), fields EventCode and UMask;
/// - AMD: AMD's event files in the Linux kernel, tools/perf/pmu-events/arch/x86/amdzen1 to amdzen5 (core, branch, memory,
///   cache, load-store, recommended), and for the bits of PMCx072 the list in amdzen4/cache.json;
/// - Arm: the common events of the Armv8 architecture, arch/arm64/common-and-microarch.json of the same folder;
/// - generic: `enum perf_hw_id` of linux/perf_event.h.
@Suite("Encodings of hardware events")
struct CounterEncodingTests {
  typealias Codes = [String: [String: UInt64]]

  /// Group to event to code, for every processor from Haswell to Ice Lake.
  static let haswell: Codes = [
    "ipc": ["instructions": 0x00C0, "cycles": 0x003C],
    "branches": ["instructions": 0x00C0, "branches": 0x00C4, "branch_misses": 0x00C5],
    "cache": [
      "instructions": 0x00C0, "l1d_fills": 0x0151, "last_level_requests": 0x4F2E, "last_level_misses": 0x412E,
    ],
    "memory-bandwidth": ["memory_lines": 0x412E],
    "tlb": ["instructions": 0x00C0, "load_walks": 0x0E08, "store_walks": 0x0E49],
  ]
  /// Golden Cove and its servers: the walks moved.
  static let goldenCove = haswell.merging(
    ["tlb": ["instructions": 0x00C0, "load_walks": 0x0E12, "store_walks": 0x0E13]], uniquingKeysWith: { $1 })
  static let gracemont = haswell.filter { $0.key != "cache" }

  static let zen1: Codes = [
    "ipc": ["instructions": 0x00C0, "cycles": 0x0076],
    "branches": ["instructions": 0x00C0, "branches": 0x00C2, "branch_misses": 0x00C3],
    "tlb": ["instructions": 0x00C0, "walks": 0xF045],
    "simd": ["instructions": 0x00C0, "vector_instructions": 0x04CB],
  ]
  static let zen2 = zen1.merging(
    [
      "cache": [
        "instructions": 0x00C0, "l1d_fills": 0x5B43, "last_level_requests": 0x5A43, "last_level_misses": 0x4843,
      ],
      "memory-bandwidth": [
        "lines_demanded": 0x4843, "lines_software": 0x4859, "lines_hardware": 0x485A, "lines_l2": 0x1F72,
      ],
    ], uniquingKeysWith: { $1 })
  static let zen3 = zen1.merging(
    [
      "cache": [
        "instructions": 0x00C0, "l1d_fills": 0x5F44, "last_level_requests": 0x5E44, "last_level_misses": 0x4844,
      ],
      "memory-bandwidth": ["lines_l1": 0x4844, "lines_l2": 0x1F72],
    ], uniquingKeysWith: { $1 })

  static let neoverse: Codes = [
    "ipc": ["instructions": 0x08, "cycles": 0x11],
    "branches": ["instructions": 0x08, "branches": 0x21, "branch_misses": 0x22],
    "cache": ["instructions": 0x08, "l1d_fills": 0x03, "last_level_requests": 0x36, "last_level_misses": 0x37],
    "memory-bandwidth": ["memory_lines": 0x37],
    "tlb": ["instructions": 0x08, "walks": 0x34],
    "simd": ["instructions": 0x1B, "vector_instructions": 0x74],
  ]
  /// What the small and old cores have of it.
  static let cortex = neoverse.filter { $0.key == "ipc" }
  static let generic: Codes = [
    "ipc": ["instructions": 1, "cycles": 0],
    "branches": ["instructions": 1, "branches": 4, "branch_misses": 5],
  ]

  static let golden: [String: Codes] = [
    "hsw": haswell, "hsw_ep": haswell, "bdw": haswell, "bdw_ep": haswell, "skl": haswell, "skx": haswell,
    "clx": haswell, "icl": haswell, "icx": haswell, "spr": goldenCove, "emr": goldenCove, "gnr": goldenCove,
    "adl_glc": goldenCove, "adl_grt": gracemont,
    "amd64_fam17h_zen1": zen1, "amd64_fam17h_zen2": zen2, "amd64_fam19h_zen3": zen3, "amd64_fam19h_zen4": zen3,
    "amd64_fam1ah_zen5": zen3,
    "arm_n1": neoverse, "arm_n2": neoverse, "arm_n3": neoverse, "arm_v1": neoverse, "arm_v2": neoverse,
    "arm_v3": neoverse, "arm_ac55": neoverse, "arm_ac76": neoverse, "arm_ac53": cortex, "arm_ac57": cortex,
    "arm_ac72": cortex, "perf": generic,
  ]

  static let groups = (try? CounterGroupLibrary.all()) ?? []

  /// Tables that the installed libpfm4 has: those of other architectures and of newer versions are missing.
  static let known = golden.keys.sorted().filter { model in
    (try? EventTables.live.encode(model, golden[model]?["ipc"]?.isEmpty == false ? probe(model) : "", false)) != nil
  }

  private static func probe(_ model: String) -> String {
    guard case .counted(let events, _)? = groups.first(where: { $0.name == "ipc" })?.entries[model] else { return "" }
    return events[0].spelling
  }

  @Test("Every entry of every group is held against a published code, and no code is without an entry")
  func complete() {
    #expect(Self.groups.count == CounterGroupLibrary.names.count)
    for group in Self.groups {
      for (model, entry) in group.entries {
        guard case .counted(let events, _) = entry else {
          #expect(Self.golden[model]?[group.name] == nil, "\(group.name) \(model)")
          continue
        }
        #expect(Set(events.map(\.name)) == Set(Self.golden[model]?[group.name]?.keys.map { $0 } ?? []), "\(model)")
      }
    }
    for (model, codes) in Self.golden {
      for name in codes.keys {
        #expect(Self.groups.first { $0.name == name }?.entries[model] != nil, "\(name) has no entry for \(model)")
      }
    }
  }

  @Test("libpfm4 encodes every event as its maker publishes it", arguments: known)
  func published(model: String) throws {
    for group in Self.groups {
      guard case .counted(let events, _)? = group.entries[model] else { continue }
      for event in events {
        let encoding = try EventTables.live.encode(model, event.spelling, false)
        let code = try #require(Self.golden[model]?[group.name]?[event.name])
        #expect(encoding.attribute.config == code, "\(group.name): \(event.name) = \(event.spelling)")
        #expect(encoding.attribute.config1 == 0 && encoding.attribute.config2 == 0)
        let generic = model == CounterGroup.genericModel
        #expect(encoding.attribute.type == (generic ? PERF_TYPE_HARDWARE : PERF_TYPE_RAW).rawValue)
        #expect(encoding.attribute.exclude_kernel == 1 && encoding.attribute.exclude_user == 0)
        #expect(encoding.name.hasPrefix("\(model)::") && encoding.name.contains(":u=1:k=0:"))
      }
    }
  }

  #if arch(x86_64)
    @Test("Twelve micro-architectures and more are encoded without a PMU")
    func many() {
      #expect(Self.known.count >= 13, "\(Self.known)")
      for model in ["hsw", "bdw", "skl", "skx", "clx", "icl", "icx", "spr", "amd64_fam17h_zen1", "amd64_fam17h_zen2"] {
        #expect(Self.known.contains(model))
      }
      #expect(Self.known.contains("amd64_fam19h_zen3") && Self.known.contains("amd64_fam19h_zen4"))
    }
  #elseif arch(arm64)
    @Test("The cores of Arm's servers are encoded without a PMU")
    func many() { #expect(Self.known.contains("arm_n1") && Self.known.contains("perf")) }
  #endif

  @Test("The kernel's work is counted where it is asked for")
  func levels() throws {
    let encoding = try EventTables.live.encode("perf", "PERF_COUNT_HW_INSTRUCTIONS", true)
    #expect(encoding.attribute.exclude_kernel == 0 && encoding.attribute.exclude_user == 0)
    #expect(encoding.name.contains(":u=1:k=1:"))
    // P1: what the event does not decide is zero, and the size is that of the whole structure.
    #expect(encoding.attribute.size == UInt32(MemoryLayout<perf_event_attr>.size))
    #expect(encoding.attribute.read_format == 0 && encoding.attribute.disabled == 0 && encoding.attribute.inherit == 0)
  }

  @Test(
    "An event that libpfm4 does not have is refused with the nearest name of its own tables",
    arguments: [
      ("PERF_COUNT_HW_INSTRUCTION", "did you mean \"PERF_COUNT_HW_INSTRUCTIONS\"?"),
      ("PERF_COUNT_HW_CPU_CYCELS", "did you mean \"PERF_COUNT_HW_CPU_CYCLES\"?"),
      ("ZEBRA_STRIPES_RETIRED_BY_NOBODY", "libpfm4 has no event \"ZEBRA_STRIPES_RETIRED_BY_NOBODY\" for perf"),
      ("", "libpfm4 has no event"), (":::", "libpfm4 has no event"),
      ("PERF_COUNT_HW_INSTRUCTIONS:zebra", "no unit mask or modifier \"zebra\""),
      ("PERF_COUNT_HW_INSTRUCTIONS:u=7", "libpfm4 refuses perf::PERF_COUNT_HW_INSTRUCTIONS:u=7"),
    ])
  func unknown(spelling: String, words: String) {
    #expect {
      _ = try EventTables.live.encode("perf", spelling, false)
    } throws: {
      "\($0)".contains(words)
    }
  }

  #if arch(x86_64)
    @Test(
      "So is a unit mask, and a processor that is not here is no obstacle",
      arguments: [
        ("skl", "LONGEST_LAT_CACHE:MIS", "did you mean \"MISS\"?"),
        ("skl", "INST_RETIRD:ANY_P", "did you mean \"INST_RETIRED\"?"),
        ("amd64_fam19h_zen4", "RETIRED_INSTRUCTION", "did you mean \"RETIRED_INSTRUCTIONS\"?"),
        ("amd64_fam19h_zen4", "L1_DTLB_MISS", "unit masks are"),
        ("zebra", "INST_RETIRED", "no table \"zebra\""),
      ])
    func unknownHere(model: String, spelling: String, words: String) {
      #expect {
        _ = try EventTables.live.encode(model, spelling, false)
      } throws: {
        "\($0)".contains(words)
      }
    }
  #endif

  @Test("Asked from many threads at once, the library answers each")
  func concurrent() async {
    await withTaskGroup(of: UInt64?.self) { tasks in
      for index in 0..<200 {
        tasks.addTask {
          let name = index % 2 == 0 ? "PERF_COUNT_HW_INSTRUCTIONS" : "PERF_COUNT_HW_BRANCH_MISSES"
          let config = try? EventTables.live.encode("perf", name, false).attribute.config
          return config.map { $0 == (index % 2 == 0 ? 1 : 5) ? 1 : 0 }
        }
      }
      for await answer in tasks { #expect(answer == 1) }
    }
  }

  @Test("Programs that are started from here do not inherit the library's option")
  func environment() {
    _ = EventTables.live.models()
    #expect(getenv("LIBPFM_ENCODE_INACTIVE") == nil)
  }
}
