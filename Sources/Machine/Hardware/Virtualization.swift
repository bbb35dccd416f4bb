/// What stands between this process and the hardware.
struct Virtualization: Sendable, Equatable {
  /// "docker", "podman", "kubernetes", …; nil outside a container, or where nothing shows it.
  let container: String?
  /// "kvm", "vmware", …; "hypervisor" when the CPU only says that there is one; nil on bare metal.
  let hypervisor: String?

  /// Both, outermost last: "docker on kvm"; nil when there is neither.
  var text: String? {
    let parts = [container, hypervisor].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " on ")
  }

  init(files: SystemFiles, processor: Processor) {
    container = Self.container(files: files)
    hypervisor = Self.hypervisor(files: files, processor: processor)
  }

  private static func container(files: SystemFiles) -> String? {
    let groups = files.text("/proc/self/cgroup") ?? ""
    if groups.contains("kubepods") { return "kubernetes" }
    if files.exists("/.dockerenv") || groups.contains("/docker") { return "docker" }
    if files.exists("/run/.containerenv") || groups.contains("/libpod") { return "podman" }
    if groups.contains("/lxc") { return "lxc" }
    return nil
  }

  private static func hypervisor(files: SystemFiles, processor: Processor) -> String? {
    if files.line("/proc/sys/kernel/osrelease")?.lowercased().contains("microsoft") == true { return "wsl" }
    let named = namedByFirmware(files: files) ?? namedByClock(files: files)
    if processor.underHypervisor { return named ?? "hypervisor" }
    // ARM has no flag; there, the firmware's word is all there is. An x86 CPU without the flag is bare metal, whatever
    // its firmware is called: clouds sell bare metal under the same vendor name.
    return processor.flags.contains("fpu") ? nil : named
  }

  /// The vendor and product that the firmware tables (DMI) give.
  private static func namedByFirmware(files: SystemFiles) -> String? {
    let dmi = ["sys_vendor", "product_name"].compactMap { files.line("/sys/class/dmi/id/\($0)") }.joined(separator: " ")
    if dmi.contains(".metal") { return nil }
    return firmwareNames.first { dmi.contains($0.mark) }?.name
  }

  /// The paravirtual clock that the guest kernel found.
  private static func namedByClock(files: SystemFiles) -> String? {
    let clocks = files.line("/sys/devices/system/clocksource/clocksource0/available_clocksource") ?? ""
    return clockNames.first { clocks.contains($0.mark) }?.name
  }

  private static let firmwareNames: [(mark: String, name: String)] = [
    ("KVM", "kvm"), ("Amazon EC2", "amazon-ec2"), ("Google Compute Engine", "google-compute-engine"),
    ("VMware", "vmware"), ("VirtualBox", "virtualbox"), ("Microsoft Corporation Virtual Machine", "hyper-v"),
    ("Xen", "xen"), ("Parallels", "parallels"), ("QEMU", "qemu"),
  ]
  private static let clockNames: [(mark: String, name: String)] = [
    ("kvm-clock", "kvm"), ("hyperv", "hyper-v"), ("xen", "xen"),
  ]
}
