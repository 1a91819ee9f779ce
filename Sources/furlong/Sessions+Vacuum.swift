import ArgumentParser
import Core
import Store
import Workbench

extension SessionsCommand {
  struct Vacuum: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "vacuum", abstract: "Write the database anew, without the traces of what was deleted.",
      discussion:
        "It needs as much free room on the disk as the file is large, and takes about half a minute a gigabyte.")

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      do throws(StoreError) {
        let size = try store.vacuum()
        Console.output("before \(Readable.bytes(Int(size.before))), after \(Readable.bytes(Int(size.after)))")
        try store.close()
      } catch { throw CommandError(error.message) }
    }
  }
}
