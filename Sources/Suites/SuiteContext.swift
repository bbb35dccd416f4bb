/// What the machine and the build offer a suite: the names that its globs and lists are matched against.
public struct SuiteContext: Sendable {
  /// A kernel that exists in this build.
  public struct KernelChoice: Sendable {
    /// "simd@avx2".
    public var id: String
    /// "simd".
    public var name: String
    /// Whether a bare family name means this row: the best available of its name.
    public var isBest: Bool
    /// Why it cannot run here; nil when it can.
    public var unavailableReason: String?
    /// Whether it stands for other rows of this list, and so is found by its name and not by globs.
    public var isAutomatic: Bool
    /// The placement that it brings with it, whatever the case lists.
    public var placement: String?

    /// Makes a choice.
    public init(
      id: String, name: String, isBest: Bool, unavailableReason: String?, isAutomatic: Bool = false,
      placement: String? = nil
    ) {
      self.isAutomatic = isAutomatic
      self.placement = placement
      self.id = id
      self.name = name
      self.isBest = isBest
      self.unavailableReason = unavailableReason
    }
  }

  /// Names of the zoo.
  public var models: [String]
  /// Every kernel of the build.
  public var kernels: [KernelChoice]
  /// Physical cores that may be used: the meaning of `threads = "all"`.
  public var coresPhysical: Int
  /// Meter ids.
  public var meters: [String]
  /// Placements of this build.
  public var placements: [String]
  /// How keys and values can be kept.
  public var cacheFormats: [String]
  /// Formats that a head can be stored in: what may follow a model's name behind a colon.
  public var headFormats: [String]

  /// Makes a context.
  public init(
    models: [String], kernels: [KernelChoice], coresPhysical: Int, meters: [String], placements: [String],
    cacheFormats: [String] = ["f32", "f16", "int8"], headFormats: [String]
  ) {
    self.models = models
    self.kernels = kernels
    self.coresPhysical = coresPhysical
    self.meters = meters
    self.placements = placements
    self.cacheFormats = cacheFormats
    self.headFormats = headFormats
  }
}
