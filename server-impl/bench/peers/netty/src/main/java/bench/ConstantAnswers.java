package bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Answers every request with one of four answers that were recorded from the real server, headers
 * and all: a backup, a list of 100, a list of 1000, a 404. Nothing is looked up and nothing is
 * rendered, so nothing that answers the same through the same kind of server is faster.
 *
 * <p>usage: java -jar netty-peer.jar PORT FOLDER; the folder has get, list100, list1000 and
 * notfound, each as {@code curl -i} prints it.
 */
public final class ConstantAnswers extends SimpleChannelInboundHandler<HttpObject> {

  private record Answer(HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {

    static Answer read(Path file) throws Exception {
      String whole = Files.readString(file, StandardCharsets.UTF_8);
      int end = whole.indexOf("\r\n\r\n");
      String[] lines = whole.substring(0, end).split("\r\n");
      HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(':');
        headers.add(lines[i].substring(0, colon), lines[i].substring(colon + 1).trim());
      }
      byte[] body = whole.substring(end + 4).getBytes(StandardCharsets.UTF_8);
      headers.remove("Transfer-Encoding").set("Content-Length", body.length);
      ByteBuf direct = Unpooled.directBuffer(body.length).writeBytes(body);
      return new Answer(
          HttpResponseStatus.valueOf(Integer.parseInt(lines[0].split(" ")[1])),
          headers,
          Unpooled.unreleasableBuffer(direct.asReadOnly()));
    }

    DefaultFullHttpResponse response() {
      return new DefaultFullHttpResponse(
          HttpVersion.HTTP_1_1, status, body.duplicate(), headers, EmptyHttpHeaders.INSTANCE);
    }
  }

  private final Answer get;
  private final Answer list100;
  private final Answer list1000;
  private final Answer notFound;

  private ConstantAnswers(Path folder) throws Exception {
    get = Answer.read(folder.resolve("get"));
    list100 = Answer.read(folder.resolve("list100"));
    list1000 = Answer.read(folder.resolve("list1000"));
    notFound = Answer.read(folder.resolve("notfound"));
  }

  @Override
  public boolean isSharable() {
    return true;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (message instanceof HttpRequest request) {
      // Answers keep the order of the requests: each is written before the next is read.
      context.write(answer(request.uri()).response(), context.voidPromise());
    }
  }

  /** Flushed once for all requests that arrived together. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  private Answer answer(String uri) {
    if (uri.startsWith("/managed-redis/v1/backups/")) {
      return uri.startsWith("missing", 26) ? notFound : get;
    }
    return uri.endsWith("pageSize=1000") ? list1000 : list100;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  /** Runs until it is ended. */
  public static void main(String[] arguments) throws Exception {
    ConstantAnswers answers = new ConstantAnswers(Path.of(arguments[1]));
    // As many event loops as processors: Netty makes twice as many by default.
    var group =
        new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(), NioIoHandler.newFactory());
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new HttpServerCodec(), answers);
                  }
                })
            .bind("127.0.0.1", Integer.parseInt(arguments[0]))
            .sync()
            .channel();
    server.closeFuture().sync();
  }
}
