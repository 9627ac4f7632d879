package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  @Test
  void tabbed_everyKindOfValue_readsAsTheSame() throws Exception {
    String json =
        "{\"a\":[1,-2,3.50,true,false,null,\"ü\\n\\\"\",[],{}],\"b\":{\"c\":{\"d\":1e3}},\"e\":0}";

    String tabbed = JsonObject.tabbed(JsonObject.parse(json).fields());

    JsonMapper jackson = new JsonMapper();
    assertThat(jackson.readTree(tabbed)).isEqualTo(jackson.readTree(json));
    assertThat(tabbed).startsWith("{\n\t\"a\": [\n\t\t1,\n\t\t-2,\n\t\t3.50,\n").contains("{}");
  }

  @Test
  void get_missingOrOther_isEmpty() throws Exception {
    JsonObject object = JsonObject.parse("{\"n\":null,\"t\":\"12\",\"l\":[\"a\"]}");

    assertThat(object.text("n")).isEmpty();
    assertThat(object.text("x")).isEmpty();
    assertThat(object.number("t")).hasValue(12);
    assertThat(object.number("l")).isEmpty();
    assertThat(object.texts("l")).containsExactly("a");
    assertThat(object.object("x").objects()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "{\"a\":", "{\"a\":1", "nonsense"})
  void parse_noObject_isAnError(String text) {
    assertThatThrownBy(() -> JsonObject.parse(text)).isInstanceOf(IOException.class);
  }
}
