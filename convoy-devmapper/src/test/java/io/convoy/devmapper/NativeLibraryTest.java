package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import org.junit.jupiter.api.Test;

final class NativeLibraryTest {
  @Test
  void function_thatIsThere_canBeCalled() {
    NativeLibrary libc = new NativeLibrary("libc.so.6");

    Function abs = libc.function("abs", Type.SINT, Type.SINT);
    HeapInvocationBuffer call = new HeapInvocationBuffer(abs);
    call.putInt(-7);

    assertThat(Invoker.getInstance().invokeInt(abs, call)).isEqualTo(7);
  }

  /** A call of it would end the JVM. */
  @Test
  void function_thatIsMissing_isALinkageError() {
    NativeLibrary libc = new NativeLibrary("libc.so.6");

    assertThatThrownBy(() -> libc.function("SHA256_Init", Type.SINT, Type.POINTER))
        .isInstanceOf(LinkageError.class)
        .hasMessage("libc.so.6 has no function SHA256_Init");
  }

  @Test
  void open_libraryThatIsMissing_isALinkageErrorThatNamesIt() {
    assertThatThrownBy(() -> new NativeLibrary("libnothing.so.7"))
        .isInstanceOf(LinkageError.class)
        .hasMessageContaining("libnothing.so.7");
  }
}
