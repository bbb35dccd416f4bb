/// Names for the numbers in MIDR_EL1, which is all that ARM's /proc/cpuinfo gives.
///
/// Implementers are those of the Arm Architecture Reference Manual (MIDR_EL1); parts are those of the vendors'
/// technical reference manuals, servers and single-board computers first.
enum ARMNames {
  /// A core's number, which is unique only within its implementer.
  struct Part: Hashable {
    let implementer: Int
    let number: Int

    init(_ implementer: Int, _ number: Int) {
      self.implementer = implementer
      self.number = number
    }
  }

  static let implementers: [Int: String] = [
    0x41: "ARM", 0x42: "Broadcom", 0x43: "Cavium", 0x46: "Fujitsu", 0x48: "HiSilicon", 0x4e: "NVIDIA", 0x50: "APM",
    0x51: "Qualcomm", 0x53: "Samsung", 0x61: "Apple", 0x6d: "Microsoft", 0xc0: "Ampere",
  ]

  static let parts: [Part: String] = [
    Part(0x41, 0xd03): "Cortex-A53", Part(0x41, 0xd05): "Cortex-A55", Part(0x41, 0xd07): "Cortex-A57",
    Part(0x41, 0xd08): "Cortex-A72", Part(0x41, 0xd09): "Cortex-A73", Part(0x41, 0xd0a): "Cortex-A75",
    Part(0x41, 0xd0b): "Cortex-A76", Part(0x41, 0xd0c): "Neoverse-N1", Part(0x41, 0xd0d): "Cortex-A77",
    Part(0x41, 0xd40): "Neoverse-V1", Part(0x41, 0xd41): "Cortex-A78", Part(0x41, 0xd44): "Cortex-X1",
    Part(0x41, 0xd49): "Neoverse-N2", Part(0x41, 0xd4a): "Neoverse-E1", Part(0x41, 0xd4f): "Neoverse-V2",
    Part(0x41, 0xd84): "Neoverse-V3", Part(0x41, 0xd8e): "Neoverse-N3",
    Part(0x46, 0x001): "A64FX", Part(0x48, 0xd01): "TaiShan-v110",
    Part(0xc0, 0xac3): "Ampere-1", Part(0xc0, 0xac4): "Ampere-1A",
  ]
}
