package io.convoy.plugin;

import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;

/** Answers one kind of request; what goes wrong is thrown. */
interface Call {
  Response answer(Request request) throws IOException;
}
