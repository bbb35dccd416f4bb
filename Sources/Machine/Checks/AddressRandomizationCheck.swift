import Records

extension Check {
  /// Without randomisation every run shares one memory layout, and a lucky one looks like a faster program
  /// (Mytkowicz et al., ASPLOS 2009).
  static let addressRandomization = Check(
    id: "W-aslr", group: "measuring", title: "address randomisation", severity: .warn,
    threshold: "randomize_va_space is 0.", fix: "sudo sysctl kernel.randomize_va_space=2"
  ) { machine in
    guard let setting = KernelSettings.named("randomize_va_space", files: machine.files) else {
      return .unknown("the kernel does not say")
    }
    guard setting == "0" else { return .fine("on") }
    return .concern("address randomisation is off: every run has the same memory layout, lucky or not")
  }
}
