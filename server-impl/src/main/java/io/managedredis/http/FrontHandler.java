package io.managedredis.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.Caller;
import io.managedredis.access.Grant;
import io.managedredis.api.model.Status;
import io.managedredis.operation.StatusCode;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.RequestExecutorProvider;
import org.glassfish.grizzly.http.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first of our code that sees a request: gives it its id, finds who answers, and measures it.
 */
final class FrontHandler extends HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(FrontHandler.class);
  private static final String DOCS = "/docs/";
  private static final String PAGE_METHODS = "GET, HEAD, OPTIONS";

  private final ApiHandler api;
  private final Admission admission;
  private final PromptCalls prompt;
  private final Pages pages;
  private final Entrance entrance;
  private final CurrentCall current;
  private final CallRecords records;
  private final LateRecords late;
  private final Metrics metrics;
  private final RequestIds requestIds = new RequestIds();
  private final ObjectMapper json;
  private final SecurityHeaders headers;
  private final CrossOrigin crossOrigin;
  private final BrowserOrigin browserOrigin;

  FrontHandler(
      ApiHandler api,
      Admission admission,
      PromptCalls prompt,
      Pages pages,
      Entrance entrance,
      CurrentCall current,
      CallRecords records,
      LateRecords late,
      Metrics metrics,
      ObjectMapper json,
      SecurityHeaders headers,
      CrossOrigin crossOrigin,
      BrowserOrigin browserOrigin) {
    this.api = api;
    this.admission = admission;
    this.prompt = prompt;
    this.headers = headers;
    this.crossOrigin = crossOrigin;
    this.browserOrigin = browserOrigin;
    this.pages = pages;
    this.entrance = entrance;
    this.current = current;
    this.records = records;
    this.late = late;
    this.metrics = metrics;
    this.json = json;
    // Jersey decodes paths itself, and tells a colon from an encoded slash.
    setDecodeUrl(false);
    setAllowEncodedSlash(true);
  }

  @Override
  public RequestExecutorProvider getRequestExecutorProvider() {
    return admission;
  }

  @Override
  public void start() {
    super.start();
    api.start();
  }

  @Override
  public void destroy() {
    api.stop();
    super.destroy();
  }

  @Override
  public void service(Request request, Response response) throws Exception {
    long started = System.nanoTime();
    String requestId = requestIds.next();
    request.setAttribute(RequestAttributes.REQUEST_ID, requestId);
    Runnable breakOff = () -> request.getContext().getConnection().terminateSilently();
    request.setAttribute(RequestAttributes.BREAK_OFF, breakOff);
    response.setHeader(ApiServer.REQUEST_ID_HEADER, requestId);
    headers.all().forEach(response::setHeader);
    if (!answered(request, response, requestId, started)) {
      answerLater(request, response, requestId, started);
    }
  }

  /** Answers and measures; false, with nothing done, when this thread may not wait so long. */
  private boolean answered(Request request, Response response, String requestId, long started)
      throws Exception {
    boolean answered = true;
    try {
      boolean preflight = crossOrigin.answered(request, response);
      if (request.getAttribute(RequestAttributes.REFUSAL) instanceof Refusal refusal) {
        refuse(response, requestId, refusal);
      } else if (!preflight) {
        answered = answer(request, response, requestId);
      }
    } catch (ApiException e) {
      fail(response, requestId, e);
    } finally {
      if (answered) {
        Object operation = request.getAttribute(RequestAttributes.OPERATION);
        metrics.answered(
            operation instanceof String known ? known : "none",
            response.getStatus(),
            System.nanoTime() - started);
      }
    }
    return answered;
  }

  /** By a thread that may wait. */
  private void answerLater(Request request, Response response, String requestId, long started) {
    request.removeAttribute(RequestAttributes.PROMPT);
    // As Grizzly itself hands a request over: the response alone would leave the connection being
    // read, and take the next request for more of this one.
    request.getContext().suspend();
    response.suspend();
    Runnable answer =
        () -> {
          boolean whole = false;
          try {
            whole = answered(request, response, requestId, started);
          } catch (Exception e) {
            log.debug("Request {} was broken off", requestId, e);
          } finally {
            if (!whole) {
              // Nobody is above this thread to answer for it.
              request.getContext().getConnection().terminateSilently();
            }
            response.resume();
          }
        };
    if (!admission.handOver(request, answer)) {
      request.setAttribute(RequestAttributes.REFUSAL, Refusal.overloaded());
      answer.run();
    }
  }

  private boolean answer(Request request, Response response, String requestId) throws Exception {
    String path = request.getRequestURI();
    URI target = readable(path, request.getQueryString());
    Optional<Pages.Page> page = pages.at(path);
    if (page.isPresent()) {
      browserOrigin.requireOurName(request.getHeader(HttpHeaders.HOST));
      request.setAttribute(RequestAttributes.OPERATION, group(path));
      page(page.get(), request, response, requestId);
    } else if (path.equals("/docs")) {
      browserOrigin.requireOurName(request.getHeader(HttpHeaders.HOST));
      redirect(request, response, requestId);
    } else {
      return call(request, response, requestId, target);
    }
    return true;
  }

  private boolean call(Request request, Response response, String requestId, URI target) {
    boolean mayWait = request.getAttribute(RequestAttributes.PROMPT) == null;
    long started = System.nanoTime();
    CurrentCall.Call call = current.begin(CallRecords.Source.of(request, requestId), mayWait);
    try {
      api.answer(request, response, target, call);
    } finally {
      current.end();
      if (!mayWait) {
        prompt.took(System.nanoTime() - started);
      }
      if (!call.again()) {
        record(call, response.getStatus());
      }
    }
    return !call.again();
  }

  /** The record is a file, which may keep its writer waiting. */
  private void record(CurrentCall.Call call, int httpStatus) {
    if (records.concerns(call, httpStatus)) {
      Runnable record = () -> records.ended(call, httpStatus);
      if (call.mayWait()) {
        record.run();
      } else {
        late.add(record);
      }
    }
  }

  /** Pages are measured by their first part: landing, docs, openapi, health, metrics. */
  private static String group(String path) {
    return path.equals("/") ? "landing" : path.substring(1).replaceFirst("[./].*", "");
  }

  /** A request target that is no URI has no path to look for. */
  private static URI readable(String path, @Nullable String query) {
    String before = ApiHandler.ORIGIN + (path.startsWith("/") ? "" : "/");
    try {
      return new URI(before + (query == null ? path : path + "?" + query));
    } catch (URISyntaxException e) {
      throw ApiException.of(
          StatusCode.INVALID_ARGUMENT,
          "The request target is no URI: "
              + e.getReason()
              + " at index "
              + (e.getIndex() - before.length())
              + ". Encode special characters as %XX");
    }
  }

  private void page(Pages.Page page, Request request, Response response, String requestId)
      throws IOException, InterruptedException {
    switch (request.getMethod().getMethodString()) {
      case "GET", "HEAD" -> {
        if (!page.isOpen()) {
          requireSeesAll(request, requestId);
        }
        PageContent content = page.content(request);
        content.headers().forEach(response::setHeader);
        if (content.isKnownTo(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
          response.setStatus(304);
        } else {
          send(response, 200, content);
        }
      }
      case "OPTIONS" -> allow(response);
      default -> refuseMethod(response, requestId);
    }
  }

  /** What tells of all folders is for those who see them all. */
  private void requireSeesAll(Request request, String requestId) {
    CurrentCall.Call unused = current.begin(CallRecords.Source.of(request, requestId), true);
    try {
      Caller caller = entrance.caller(visitor(request));
      current.identified(caller);
      if (!caller.sees(Grant.ANY_FOLDER)) {
        throw ApiException.of(
            StatusCode.PERMISSION_DENIED,
            "This page needs a role on all folders. Ask the operator of this server for it");
      }
    } catch (ApiException e) {
      records.ended(current.answered(e.code().number()), e.code().httpStatus());
      throw e;
    } finally {
      current.end();
    }
  }

  private Entrance.Visitor visitor(Request request) {
    List<String> authorization = new ArrayList<>();
    request.getHeaders(HttpHeaders.AUTHORIZATION).forEach(authorization::add);
    return new Entrance.Visitor(
        request.getHeader("Origin"),
        request.getHeader("Sec-Fetch-Site"),
        request.getHeader(HttpHeaders.HOST),
        authorization,
        current::network);
  }

  private void redirect(Request request, Response response, String requestId) throws IOException {
    switch (request.getMethod().getMethodString()) {
      case "GET", "HEAD" -> {
        response.setStatus(302);
        response.setHeader(HttpHeaders.LOCATION, DOCS);
      }
      case "OPTIONS" -> allow(response);
      default -> refuseMethod(response, requestId);
    }
  }

  private static void allow(Response response) {
    response.setStatus(200);
    response.setHeader(HttpHeaders.ALLOW, PAGE_METHODS);
    response.setContentLength(0);
  }

  private void refuseMethod(Response response, String requestId) throws IOException {
    response.setHeader(HttpHeaders.ALLOW, PAGE_METHODS);
    fail(
        response,
        requestId,
        405,
        Statuses.of(
            StatusCode.UNIMPLEMENTED,
            "This path does not know that method; the header Allow lists those it knows",
            List.of()));
  }

  private void refuse(Response response, String requestId, Refusal refusal) throws IOException {
    Statuses.headers(refusal.code().httpStatus(), refusal.retryAfter())
        .forEach(response::setHeader);
    if (refusal.ending()) {
      response.setHeader("Connection", "close");
    }
    Status status = Statuses.of(refusal.code(), refusal.message(), List.of());
    fail(response, requestId, refusal.code().httpStatus(), status);
  }

  private void fail(Response response, String requestId, ApiException e) throws IOException {
    Statuses.headers(e.code().httpStatus(), e.retryAfter()).forEach(response::setHeader);
    fail(
        response,
        requestId,
        e.code().httpStatus(),
        Statuses.of(e.code(), e.getMessage(), e.violations()));
  }

  private void fail(Response response, String requestId, int httpStatus, Status status)
      throws IOException {
    byte[] body = json.writeValueAsBytes(Statuses.withRequestId(status, requestId));
    send(response, httpStatus, PageContent.momentary("application/json", body));
  }

  private static void send(Response response, int httpStatus, PageContent content)
      throws IOException {
    response.setStatus(httpStatus, Statuses.reason(httpStatus));
    response.setContentType(content.mediaType());
    response.setContentLength(content.length());
    content.writeTo(response.getOutputStream());
  }
}
