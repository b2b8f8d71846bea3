// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One request at a local socket; the answer ends with the connection. Not thread-safe. */
final class UnixExchange extends HttpExchange {
  private final SocketChannel connection;
  private final String method;
  private final URI uri;
  private final Headers request = new Headers();
  private final Headers response = new Headers();
  private final OutputStream out;
  private int code = -1;

  UnixExchange(SocketChannel connection, String method, URI uri) {
    this.connection = connection;
    this.method = method;
    this.uri = uri;
    this.out = Channels.newOutputStream(connection);
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    code = status;
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " \r\nConnection: close\r\n");
    response.forEach(
        (name, values) ->
            values.forEach(value -> head.append(name).append(": ").append(value).append("\r\n")));
    if (length > 0) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public OutputStream getResponseBody() {
    return out;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      // It is closed.
    }
  }

  @Override
  public Headers getRequestHeaders() {
    return request;
  }

  @Override
  public Headers getResponseHeaders() {
    return response;
  }

  @Override
  public URI getRequestURI() {
    return uri;
  }

  @Override
  public String getRequestMethod() {
    return method;
  }

  @Override
  public InputStream getRequestBody() {
    return InputStream.nullInputStream();
  }

  @Override
  public int getResponseCode() {
    return code;
  }

  @Override
  public String getProtocol() {
    return "HTTP/1.1";
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public HttpContext getHttpContext() {
    throw new UnsupportedOperationException("a local socket has no contexts");
  }

  @Override
  public Object getAttribute(String name) {
    return "";
  }

  @Override
  public void setAttribute(String name, Object value) {
    throw new UnsupportedOperationException("no attributes");
  }

  @Override
  public void setStreams(InputStream in, OutputStream replaced) {
    throw new UnsupportedOperationException("no filters");
  }

  @Override
  public HttpPrincipal getPrincipal() {
    throw new UnsupportedOperationException("nobody is asked who he is");
  }
}
