import Core
import Testing

/// `{{name}}` in prompts.
@Suite(.ownThreads) struct PromptTemplateTests {
  @Test(arguments: [
    ("Say {{what}} to {{who}}.", ["what", "who"], "Say hello to Ann."),
    ("{{ what }}, {{what}}", ["what"], "hello, hello"),
    ("{{{what}}}", ["what"], "{hello}"), ("{{}} {{ }} {{a b}} {{what", [], "{{}} {{ }} {{a b}} {{what"),
    ("{{nobody}}", ["nobody"], "{{nobody}}"), ("", [], ""), ("{{what}}{{who}}", ["what", "who"], "helloAnn"),
    ("{ {what} }", [], "{ {what} }"),
  ])
  func placesAreFilled(text: String, names: [String], filled: String) {
    let template = PromptTemplate(text)
    #expect(template.names == names, "names of ‘\(text)’")
    #expect(template.filled(["what": "hello", "who": "Ann"]) == filled, "‘\(text)’ filled")
  }

  @Test func valuesAreTextAndNotFilledAgain() {
    let template = PromptTemplate("{{a}} {{b}}")
    #expect(template.filled(["a": "{{b}}", "b": "secret"]) == "{{b}} secret", "what a value says is no place")
  }
}
