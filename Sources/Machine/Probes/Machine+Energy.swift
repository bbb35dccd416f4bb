import Glibc

extension Machine {
  /// Whether the CPU packages' energy counters (RAPL) can be read here.
  public func packageEnergy() -> Capability {
    switch Powercap(files: files).state {
    case .readable(let names): readable(names)
    case .absent: absent()
    case .masked:
      .unusable(
        reason: "the powercap tree is hidden from this container",
        fix: "measure outside the container, or: docker run --security-opt systempaths=unconfined …")
    case .refused(EACCES), .refused(EPERM):
      .unusable(
        reason: "\(Powercap.folder)/intel-rapl:*/energy_uj may be read by root only (mode 0400, since CVE-2020-8694)",
        fix: "sudo chmod a+r \(Powercap.folder)/intel-rapl:*/energy_uj"
          + " (until reboot; for good, in /etc/udev/rules.d/60-rapl.rules: \(Self.energyRule))")
    case .refused(let number):
      .unusable(
        reason: "the energy counter answers \(String(cString: strerror(number))) (errno \(number)): its driver failed",
        fix: "sudo modprobe -r intel_rapl_msr && sudo modprobe intel_rapl_msr, and see dmesg")
    }
  }

  private static let powercapDevices = "/sys/devices/virtual/powercap"

  /// %p is the device's path below /sys (udev(7)).
  private static let energyRule =
    #"SUBSYSTEM=="powercap", KERNEL=="intel-rapl:*", ACTION=="add", RUN+="/bin/chmod a+r /sys%p/energy_uj""#

  private func readable(_ names: [String]) -> Capability {
    // QEMU can hand out a share of the host's energy by CPU time: that is an estimate and must not pass for a reading.
    let note = virtualization.hypervisor.map { "; under \($0) this is the host's estimate, not a measurement" } ?? ""
    return .usable("powercap zones: \(names.joined(separator: ", "))\(note)")
  }

  private func absent() -> Capability {
    if let hypervisor = virtualization.hypervisor {
      return .unusable(
        reason: "virtual machine (\(hypervisor)): energy counters are not passed through to guests",
        fix: "run on bare metal, or put a wall meter on the host")
    }
    if virtualization.container != nil && !files.exists(Powercap.folder) {
      return .unusable(
        reason: "\(Powercap.folder) is not visible in this container",
        fix: "measure outside the container, or: docker run -v \(Self.powercapDevices):\(Self.powercapDevices):ro …")
    }
    if processor.flags.contains("fpu") {
      return .unusable(
        reason: "\(Powercap.folder) has no RAPL zones: the driver is not loaded, or the CPU has no energy counters",
        fix: "sudo modprobe intel_rapl_msr (AMD as well; Linux 5.11 or later)")
    }
    return .unusable(
      reason: "RAPL energy counters are part of x86 processors, and this is not one",
      fix: "put a wall meter on the machine; boards with INA sensors show them under /sys/class/hwmon")
  }
}
