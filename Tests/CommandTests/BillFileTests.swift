import Core
import Foundation
import TestSupport
import Testing

@testable import furlong

@Suite(.ownThreads) struct BillFileTests {
  private func lines(_ text: String) throws -> (kind: BillFile.Kind, lines: [BillLine]) {
    let path = FileManager.default.temporaryDirectory.appending(path: "bill-\(UUID().uuidString).csv").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try BillFile(path: path)
    return (file.kind, file.lines)
  }

  @Test func aGenericExport() throws {
    let (kind, lines) = try lines(
      "\u{FEFF}Model,Time,request_id,input_tokens,output_tokens,cost_usd\r\n"
        + "gpt-5.6,2026-11-24T09:30:12.5+01:00,r1,1200,340,$0.0116\r\n\r\n")
    #expect(kind == .generic)
    #expect(lines.count == 1)
    #expect(lines[0].requestID == "r1")
    #expect(lines[0].start == 1_795_509_012)
    #expect(lines[0].isInstant)
    #expect(lines[0].cost?.decimalText == "0.0116")
    #expect((lines[0].input, lines[0].output) == (1200, 340))
  }

  @Test func theConsolesExports() throws {
    let openai = try lines(
      "start_time,end_time,model,input_tokens,output_tokens,input_cached_tokens,num_model_requests\n"
        + "1795478400,1795564800,gpt-5.6-2026-08-01,5000,200,400,7\n")
    #expect(openai.kind == .openai)
    #expect(openai.lines[0].calls == 7)
    #expect(openai.lines[0].end - openai.lines[0].start == 86_400)
    let anthropic = try lines(
      "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,"
        + "usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens\n"
        + "2026-11-24,claude-sonnet-5,10,200,30,4000,77\n")
    #expect(anthropic.kind == .anthropic)
    #expect(anthropic.lines[0].input == 4240, "cached input is counted apart there")
    let router = try lines(
      "generation_id,created_at,cost_total,byok_usage_inference,tokens_prompt,tokens_completion,model_permaslug\n"
        + "gen-1,2026-11-24 09:30:12,0.001,0.02,10,20,openai/gpt-5.6\n")
    #expect(router.kind == .openrouter)
    #expect(router.lines[0].requestID == "gen-1")
    #expect(router.lines[0].cost?.decimalText == "0.021", "the fee and what the own key was charged upstream")
  }

  @Test(arguments: [
    ("", "is empty"), ("a,b\n1,2\n", "no column for the model"), ("model,time\nx,yesterday\n", "line 2"),
    ("model,time,cost\nx,2026-01-01,lots\n", "line 2"), ("model,time\nx\n", "line 2"),
  ])
  func whatIsWrongIsToldWithItsLine(_ text: String, _ words: String) {
    let error = #expect(throws: CommandError.self) { try lines(text) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
