// swift-tools-version: 6.2
// Tern: how fast, and at how many joules per token, does a ternary model run on this CPU?
// Targets are listed in the order of the data flow; the arrows between them are held by Tests/TidyTests.

import PackageDescription

/// Warnings are errors, and every import is spelled where it is used, so that the arrows can be read off the files.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// The C targets are small and written by hand: they compile without a warning.
let strictC: [CSetting] = [
  .enableWarning("all"),
  .enableWarning("extra"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "tern",
  products: [
    .executable(name: "tern", targets: ["tern"])
  ],
  dependencies: [
    // Subcommands, --help, completions for three shells, exit code 64 and near-miss suggestions. Imported by `tern`.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // Suites are TOML: line and column on syntax errors, strict about misspelt keys. Imported by `Suites`.
    .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
    // The report's page stays readable as HTML and escapes by default. Imported by `Reports`.
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    // Syscalls that Swift cannot spell: futex, perf_event_open, sched_setaffinity, CLOCK_MONOTONIC_RAW.
    .target(name: "CLinux", cSettings: strictC),
    // libnuma: memory on the node of the threads that read it, and the proof that it is there.
    .systemLibrary(name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),
    // libpfm4: event names of a hundred processors, and their encodings for perf_event_open. It has no .pc file.
    .systemLibrary(name: "CPfm", providers: [.apt(["libpfm4-dev"])]),
    // The measured inner loops, in C with intrinsics; include/CKernels.h is the whole contract.
    .target(name: "CKernels", cSettings: strictC),

    // The shipped model's bytes, in the binary itself.
    .target(name: "CShippedModel", exclude: ["tern-tiny.gguf"], cSettings: strictC),

    // The Swift face of the kernels: registry, packings, quantizers.
    .target(name: "Kernels", dependencies: ["CKernels"], swiftSettings: strict),
    // Bytes on disk to named tensors and back.
    .target(name: "ModelFiles", dependencies: ["Kernels"], swiftSettings: strict),
    // Models that run: forward passes, caches, threads, synthetic weights.
    .target(
      name: "Engine", dependencies: ["Kernels", "ModelFiles", "CLinux", "CNuma", "CShippedModel"],
      swiftSettings: strict),

    // Ternary models from text: straight-through estimator, optimiser, data, checkpoints.
    .target(name: "Training", dependencies: ["Engine", "Kernels", "ModelFiles"], swiftSettings: strict),

    // The result schema. Imports nothing of ours, so that results can be read anywhere.
    .target(name: "Records", swiftSettings: strict),
    // Numbers from numbers: medians, intervals, spread.
    .target(name: "Statistics", swiftSettings: strict),
    // What this computer is, what it allows to be measured, and how to allow more.
    .target(name: "Machine", dependencies: ["Records", "CLinux"], swiftSettings: strict),
    // Clock, CPU time, memory, counters, energy: each says whether it can be read, and if not, why.
    .target(name: "Meters", dependencies: ["Records", "Machine", "CPfm", "CLinux"], swiftSettings: strict),
    // What to measure, as data: TOML to cells.
    .target(
      name: "Suites",
      dependencies: ["Records", .product(name: "TOMLKit", package: "TOMLKit")],
      resources: [.embedInCode("CounterGroups")],
      swiftSettings: strict),
    // Runs cells inside the meters and writes the record.
    .target(
      name: "Harness",
      dependencies: ["Engine", "Kernels", "ModelFiles", "Machine", "Meters", "Suites", "Records", "Statistics"],
      swiftSettings: strict),

    // Is it slower? Blocks of values to verdicts, and two records side by side.
    .target(name: "Compare", dependencies: ["Records", "Statistics"], swiftSettings: strict),
    // Records in, text out: JSONL, CSV, Markdown, SQL.
    .target(name: "Sinks", dependencies: ["Records", "Statistics"], swiftSettings: strict),
    // Chart, scale, axis, mark: values to SVG.
    .target(name: "Charts", swiftSettings: strict),
    // Records to one self-contained HTML page.
    .target(
      name: "Reports",
      dependencies: [
        "Records", "Statistics", "Charts", "Sinks", .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Assets")],
      swiftSettings: strict),

    // The command line: one file per subcommand.
    .executableTarget(
      name: "tern",
      dependencies: [
        "Engine", "Kernels", "ModelFiles", "Training", "Machine", "Meters", "Suites", "Harness", "Records",
        "Statistics", "Compare", "Sinks", "Charts", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // One test target per module, the C program of Tests/Contract, the built binary, and the tree itself.
    .testTarget(name: "CNumaTests", dependencies: ["CNuma"], swiftSettings: strict),
    .testTarget(name: "CPfmTests", dependencies: ["CPfm"], swiftSettings: strict),
    .testTarget(name: "CLinuxTests", dependencies: ["CLinux"], swiftSettings: strict),
    .testTarget(name: "CShippedModelTests", dependencies: ["CShippedModel"], swiftSettings: strict),
    .testTarget(name: "CKernelsTests", dependencies: ["CKernels"], swiftSettings: strict),
    .testTarget(name: "ContractTests", dependencies: ["CKernels"], swiftSettings: strict),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "ModelFilesTests", dependencies: ["ModelFiles", "Kernels"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Kernels", "ModelFiles"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Engine", "Kernels", "ModelFiles"], swiftSettings: strict),
    .testTarget(name: "RecordsTests", dependencies: ["Records"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"], swiftSettings: strict),
    .testTarget(name: "CompareTests", dependencies: ["Compare", "Records", "Statistics"], swiftSettings: strict),
    .testTarget(name: "MachineTests", dependencies: ["Machine", "Records"], swiftSettings: strict),
    .testTarget(
      name: "MetersTests", dependencies: ["Meters", "Machine", "Records", "Suites", "CLinux", "CHeapWitness"],
      swiftSettings: strict),
    // The allocator of the test process, which counts: what must not allocate is seen not to.
    .target(name: "CHeapWitness", path: "Tests/Support/CHeapWitness", cSettings: strictC),
    .testTarget(name: "SuitesTests", dependencies: ["Suites", "Records"], swiftSettings: strict),
    .testTarget(
      name: "HarnessTests",
      dependencies: [
        "Harness", "Engine", "Kernels", "Machine", "Meters", "ModelFiles", "Records", "Statistics", "Suites",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SinksTests", dependencies: ["Sinks", "Records", "Statistics"], exclude: ["Golden"], swiftSettings: strict),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Records", "Charts"], exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(name: "CommandTests", dependencies: ["tern", "Records"], swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict),
    // What `make rig` asks of the engine on a machine of several memory nodes: misplace a page, fill a node.
    .executableTarget(
      name: "RigPlacement", dependencies: ["Engine", "Kernels", "CNuma"], path: "Tests/Rig/Placement",
      swiftSettings: strict),
    // What `make bench-meters` prints: the cost of beginning and ending a window.
    .executableTarget(
      name: "MeterCost", dependencies: ["CLinux", "Machine", "Meters", "Records"], path: "Tests/Bench/MeterCost",
      swiftSettings: strict),
    // What `make bench-training` prints: the matrix products of a step against the machine's ceiling.
    .executableTarget(
      name: "TrainingCost", dependencies: ["Engine", "Kernels", "Training"], path: "Tests/Bench/Training",
      swiftSettings: strict),
    // What `make bench-report` prints, and the pages that `make test-browser` looks at.
    .executableTarget(
      name: "ReportCost", dependencies: ["Records", "Reports", "Statistics"], path: "Tests/Bench/Report",
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
