// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/client_stream.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <sys/socket.h>

namespace livedub::net {
namespace {

/// An address is compared with the certificate's addresses, a name with its names.
bool set_expected_name(SSL* ssl, const std::string& host) {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host.c_str()) == 1;
}

bool set_server_name(SSL* ssl, const std::string& host) {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    // SNI is for names only. The macro SSL_set_tlsext_host_name casts const away, hence this.
    return !no_address || SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                   std::string{host}.data()) == 1;
}

}  // namespace

void ClientStream::connect(const std::string& host, const std::string& port, Security security,
                           OnConnect done) {
    resolver_.async_resolve(
        host, port,
        [this, host, security, done = std::move(done)](error_code error,
                                                       const Tcp::resolver::results_type& found) {
            if (error || is_closed_) {
                done(fail(ErrorCode::kUnavailable, "cannot resolve the name: " + error.message()));
                return;
            }
            on_resolved(found, host, security, done);
        });
}

void ClientStream::on_resolved(const Tcp::resolver::results_type& found, const std::string& host,
                               Security security, OnConnect done) {
    asio::async_connect(
        socket_, found,
        [this, host, security, done = std::move(done)](error_code error, const Tcp::endpoint&) {
            if (error || is_closed_) {
                done(fail(ErrorCode::kUnavailable, error.message()));
                return;
            }
            error_code ignored;
            socket_.set_option(Tcp::no_delay{true}, ignored);
            if (security == Security::kPlain) {
                done({});
            } else {
                shake_hands(host, security, done);
            }
        });
}

void ClientStream::shake_hands(const std::string& host, Security security, OnConnect done) {
    error_code error;
    context_.emplace(ssl::context::tls_client);
    context_->set_default_verify_paths(error);
    tls_.emplace(socket_, *context_);
    SSL* const ssl = tls_->native_handle();
    const bool is_verified = security == Security::kTls;
    SSL_set_min_proto_version(ssl, TLS1_2_VERSION);
    if (error || !set_server_name(ssl, host) || (is_verified && !set_expected_name(ssl, host))) {
        done(fail(ErrorCode::kInternal, "cannot set up TLS"));
        return;
    }
    SSL_set_verify(ssl, is_verified ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    tls_->async_handshake(ssl::stream_base::client,
                          [this, done = std::move(done)](error_code failed) {
                              done(failed ? tl::unexpected{tls_error(failed)} : Result<void>{});
                          });
}

Error ClientStream::tls_error(error_code error) {
    const long verified = SSL_get_verify_result(tls_->native_handle());
    if (verified != X509_V_OK) {
        return {ErrorCode::kProtocol,
                fmt::format("certificate: {}", X509_verify_cert_error_string(verified))};
    }
    return {ErrorCode::kUnavailable, "TLS: " + error.message()};
}

void ClientStream::close() {
    is_closed_ = true;
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

bool ClientStream::is_stale() {
    char byte = 0;
    const auto peeked = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return peeked >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace livedub::net
