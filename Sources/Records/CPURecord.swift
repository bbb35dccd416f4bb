/// The processor.
public struct CPURecord: Codable, Sendable, Equatable {
  /// "AuthenticAMD", "GenuineIntel", "ARM", and so on.
  public var vendor: String?
  /// The marketing name.
  public var model: String
  /// CPUID's family, where the architecture has one.
  public var family: Int?
  /// CPUID's model within the family.
  public var modelNumber: Int?
  /// CPUID's stepping: the revision of the silicon.
  public var stepping: Int?
  /// The microcode revision as the kernel prints it; updates have cost and given speed.
  public var microcode: String?
  /// Physical packages.
  public var sockets: Int
  /// Physical cores that this process may use.
  public var coresPhysical: Int
  /// CPUs (hardware threads) that this process may use: affinity and cgroup cpuset honoured.
  public var cpusUsable: Int
  /// CPUs online in the machine.
  public var cpusOnline: Int
  /// Whether cores run two threads.
  public var smt: Bool?
  /// Instruction sets that kernels can use, as `tern list kernels` names them.
  public var isa: [String]

  enum CodingKeys: String, CodingKey {
    case vendor, model, family, stepping, microcode, sockets, smt, isa
    case modelNumber = "model_number"
    case coresPhysical = "cores_physical"
    case cpusUsable = "cpus_usable"
    case cpusOnline = "cpus_online"
  }

  /// Makes a processor.
  public init(
    vendor: String? = nil, model: String, family: Int? = nil, modelNumber: Int? = nil, stepping: Int? = nil,
    microcode: String? = nil, sockets: Int, coresPhysical: Int, cpusUsable: Int, cpusOnline: Int, smt: Bool? = nil,
    isa: [String] = []
  ) {
    self.vendor = vendor
    self.model = model
    self.family = family
    self.modelNumber = modelNumber
    self.stepping = stepping
    self.microcode = microcode
    self.sockets = sockets
    self.coresPhysical = coresPhysical
    self.cpusUsable = cpusUsable
    self.cpusOnline = cpusOnline
    self.smt = smt
    self.isa = isa
  }
}
