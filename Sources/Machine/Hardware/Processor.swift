/// What the processor calls itself in /proc/cpuinfo, in the words of x86 or of ARM.
struct Processor: Sendable, Equatable {
  var vendor: String?
  /// The marketing name, or the core's name on ARM, or "unknown".
  var model = "unknown"
  var family: Int?
  var modelNumber: Int?
  var stepping: Int?
  var microcode: String?
  /// Feature flags of the first CPU.
  var flags: Set<String> = []

  /// Whether a hypervisor says so in the flags; ARM has no such flag.
  var underHypervisor: Bool { flags.contains("hypervisor") }

  /// Reads the first block that describes a CPU.
  init(files: SystemFiles) {
    let blocks = CPUInfo.firstBlocks(files: files)
    guard let block = blocks.first(where: { $0["processor"] != nil }) ?? blocks.first else { return }
    flags = Set((block["flags"] ?? block["Features"] ?? "").split(separator: " ").map(String.init))
    if block["CPU implementer"] != nil {
      readARM(block)
    } else {
      readX86(block)
    }
  }

  private mutating func readX86(_ block: [String: String]) {
    vendor = Self.nonEmpty(block["vendor_id"])
    model = Self.nonEmpty(block["model name"]) ?? "unknown"
    family = block["cpu family"].flatMap { Fields.integer($0) }
    modelNumber = block["model"].flatMap { Fields.integer($0) }
    stepping = block["stepping"].flatMap { Fields.integer($0) }
    microcode = Self.nonEmpty(block["microcode"])
  }

  private mutating func readARM(_ block: [String: String]) {
    let implementer = block["CPU implementer"].flatMap { Fields.hexadecimal($0) }
    let part = block["CPU part"].flatMap { Fields.hexadecimal($0) }
    vendor = implementer.flatMap { ARMNames.implementers[$0] }
    modelNumber = part
    stepping = block["CPU revision"].flatMap { Fields.integer($0) }
    if let implementer, let part {
      model = ARMNames.parts[ARMNames.Part(implementer, part)] ?? "\(vendor ?? "ARM") part 0x\(String(part, radix: 16))"
    }
  }

  private static func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
