import Records

extension Machine {
  /// The machine as it stands now, for a record.
  ///
  /// - Parameter isa: the instruction sets that kernels can use here, as the kernels' registry names them.
  public func record(isa: [String]) -> MachineRecord {
    let memory = Memory(files: files)
    return MachineRecord(
      name: name, hostHash: hostHash, os: OperatingSystem.prettyName(files: files),
      kernelRelease: files.line("/proc/sys/kernel/osrelease"), architecture: Self.architecture,
      virtualization: virtualization.text, cpu: cpuRecord(isa: isa),
      caches: Caches.records(of: topology.firstUsable, files: files), memoryTotalBytes: memory.totalBytes,
      memoryAvailableBytes: memory.availableBytes, numaNodes: NUMANodes.records(files: files),
      frequency: FrequencyScaling(cpu: topology.firstUsable, files: files).record,
      settings: KernelSettings.all(files: files), loadAverage1m: loadAverage1m())
  }

  private func cpuRecord(isa: [String]) -> CPURecord {
    CPURecord(
      vendor: processor.vendor, model: processor.model, family: processor.family, modelNumber: processor.modelNumber,
      stepping: processor.stepping, microcode: processor.microcode, sockets: topology.packages,
      coresPhysical: topology.coresUsable, cpusUsable: topology.usable.count, cpusOnline: topology.online.count,
      smt: topology.smt, isa: isa)
  }

  /// What this program was built for; the kernel may run programs of more than one architecture.
  static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "aarch64"
    #else
      "unknown"
    #endif
  }
}
