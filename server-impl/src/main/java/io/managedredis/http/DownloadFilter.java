package io.managedredis.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;

/** The status and the headers of a download, which its resource's typed answer can't carry. */
final class DownloadFilter implements ContainerResponseFilter {

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!(response.getEntity() instanceof SnapshotDownload download)) {
      return;
    }
    MultivaluedMap<String, Object> headers = response.getHeaders();
    ByteRange range = download.range();
    response.setStatus(range.whole() ? 200 : 206);
    // Also for who accepts JSON alone: generated clients ask for the type of the errors.
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
}
