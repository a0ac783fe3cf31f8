package io.managedredis.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.lang.annotation.Annotation;

/** The status and the headers of a download, which its resource's typed answer can't carry. */
final class DownloadFilter implements ContainerResponseFilter {

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!(response.getEntity() instanceof SnapshotDownload download)) {
      return;
    }
    if (request.getAcceptableMediaTypes().stream()
        .noneMatch(MediaType.APPLICATION_OCTET_STREAM_TYPE::isCompatible)) {
      download.close();
      refuse(response);
      return;
    }
    MultivaluedMap<String, Object> headers = response.getHeaders();
    ByteRange range = download.range();
    response.setStatus(range.whole() ? 200 : 206);
    headers.putSingle(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_OCTET_STREAM);
    headers.putSingle(HttpHeaders.CONTENT_LENGTH, range.length());
    headers.putSingle(
        HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + download.fileName() + "\"");
    headers.putSingle(HttpHeaders.ETAG, download.etag());
    headers.putSingle("Repr-Digest", download.digest());
    headers.putSingle("Accept-Ranges", "bytes");
    if (!range.whole()) {
      headers.putSingle("Content-Range", range.contentRange());
    }
    if (request.getMethod().equals("HEAD")) {
      download.headersAlone();
    } else if (request.getProperty(RequestAttributes.BREAK_OFF) instanceof Runnable breakOff) {
      download.whenBroken(breakOff);
    }
  }

  private static void refuse(ContainerResponseContext response) {
    response.setStatus(406);
    response.setEntity(
        Statuses.notAcceptable(MediaType.APPLICATION_OCTET_STREAM),
        new Annotation[0],
        MediaType.APPLICATION_JSON_TYPE);
  }
}
