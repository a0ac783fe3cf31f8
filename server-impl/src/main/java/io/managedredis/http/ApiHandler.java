package io.managedredis.http;

import jakarta.ws.rs.core.Response.StatusType;
import jakarta.ws.rs.core.SecurityContext;
import java.io.OutputStream;
import java.net.URI;
import java.security.Principal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.MimeHeaders;
import org.glassfish.jersey.internal.PropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerException;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.spi.Container;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;
import org.jspecify.annotations.Nullable;

/**
 * Hands requests of Grizzly to Jersey and answers back. Jersey's own container for Grizzly does
 * that too, and in addition makes four URIs for each request and puts request and response into its
 * injection scope, which nothing here asks for; and it writes whatever comes, while here an answer
 * may be withdrawn, see {@link CurrentCall.Call#again}.
 */
final class ApiHandler implements Container {

  /**
   * Stands before each path, since nothing here links to anything by the host that callers name.
   */
  static final String ORIGIN = "http://localhost";

  private static final URI BASE = URI.create(ORIGIN + "/");

  private static final SecurityContext NOBODY =
      new SecurityContext() {
        @Override
        public @Nullable Principal getUserPrincipal() {
          return null;
        }

        @Override
        public boolean isUserInRole(String role) {
          return false;
        }

        @Override
        public boolean isSecure() {
          return false;
        }

        @Override
        public @Nullable String getAuthenticationScheme() {
          return null;
        }
      };

  private final ApplicationHandler application;

  ApiHandler(ResourceConfig resources) {
    this.application = new ApplicationHandler(resources);
  }

  void start() {
    application.onStartup(this);
  }

  void stop() {
    application.onShutdown(this);
  }

  /**
   * Answers a request.
   *
   * @param target path and query of the request, behind {@link #ORIGIN}
   */
  void answer(Request request, Response response, URI target, CurrentCall.Call call) {
    ContainerRequest asked =
        new ContainerRequest(
            BASE,
            target,
            request.getMethod().getMethodString(),
            NOBODY,
            new Properties(request),
            application.getConfiguration());
    asked.setEntityStream(request.getInputStream());
    MimeHeaders headers = request.getRequest().getHeaders();
    for (int i = 0; i < headers.size(); i++) {
      asked.header(headers.getName(i).toString(), headers.getValue(i).toString());
    }
    asked.setWriter(new Writer(response, call));
    application.handle(asked);
  }

  @Override
  public ResourceConfig getConfiguration() {
    return application.getConfiguration();
  }

  @Override
  public ApplicationHandler getApplicationHandler() {
    return application;
  }

  @Override
  public void reload() {
    throw new UnsupportedOperationException("the resources stay the same");
  }

  @Override
  public void reload(ResourceConfig configuration) {
    throw new UnsupportedOperationException("the resources stay the same");
  }

  /** What is noted on a request, where the handler before Jersey notes it as well. */
  private record Properties(Request request) implements PropertiesDelegate {
    @Override
    public @Nullable Object getProperty(String name) {
      return name.equals(RequestAttributes.RESPONSE)
          ? request.getResponse()
          : request.getAttribute(name);
    }

    @Override
    public Collection<String> getPropertyNames() {
      return request.getAttributeNames();
    }

    @Override
    public void setProperty(String name, Object object) {
      request.setAttribute(name, object);
    }

    @Override
    public void removeProperty(String name) {
      request.removeAttribute(name);
    }
  }

  /** The way of an answer. Calls are answered by the thread that asks, so nothing is suspended. */
  private record Writer(Response response, CurrentCall.Call call)
      implements ContainerResponseWriter {

    @Override
    public OutputStream writeResponseStatusAndHeaders(long length, ContainerResponse answer) {
      if (call.again()) {
        return OutputStream.nullOutputStream();
      }
      StatusType status = answer.getStatusInfo();
      response.setStatus(status.getStatusCode(), status.getReasonPhrase());
      // First: a download brings its own.
      response.setContentLengthLong(
          answer.getEntity() instanceof ReadyJson ready ? ready.json().length : length);
      for (Map.Entry<String, List<String>> header : answer.getStringHeaders().entrySet()) {
        for (String value : header.getValue()) {
          response.addHeader(header.getKey(), value);
        }
      }
      return response.getOutputStream();
    }

    @Override
    public boolean suspend(long timeOut, TimeUnit unit, @Nullable TimeoutHandler handler) {
      return false;
    }

    @Override
    public void setSuspendTimeout(long timeOut, TimeUnit unit) {
      throw new IllegalStateException("nothing is suspended here");
    }

    @Override
    public void commit() {
      // The handler ends the answer.
    }

    @Override
    public void failure(Throwable error) {
      if (!response.isCommitted()) {
        response.reset();
        response.setStatus(500, Statuses.reason(500));
      }
      throw error instanceof RuntimeException unchecked ? unchecked : new ContainerException(error);
    }

    /** What is ready has its length; anything else is gathered, to learn it. */
    @Override
    public boolean enableResponseBuffering() {
      return !call.ready();
    }
  }
}
