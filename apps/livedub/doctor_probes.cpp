// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor_probes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "doctor/port.hpp"
#include "doctor/service_answers.hpp"
#include "gst/elements.hpp"
#include "http/client.hpp"

namespace livedub {
namespace {

using doctor::MediaCheck;
using doctor::ServiceCheck;
using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{2'000};
constexpr milliseconds kTotalTimeout{5'000};

/// What the pipelines of src/gst are made of, and the Debian packages that have it.
std::vector<MediaCheck> wanted_elements() {
    return {
        {.name = "rtmp",
         .purpose = "streams in and out",
         .missing = {"rtmp2src", "rtmp2sink"},
         .package = "gstreamer1.0-plugins-bad"},
        {.name = "pcm",
         .purpose = "sound between them",
         .missing = {"appsrc", "appsink", "audioconvert", "audioresample"},
         .package = "gstreamer1.0-plugins-base"},
        {.name = "aac in",
         .purpose = "decoder",
         .missing = {"avdec_aac"},
         .package = "gstreamer1.0-libav"},
        {.name = "aac out",
         .purpose = "encoder",
         .missing = {"voaacenc"},
         .package = "gstreamer1.0-plugins-bad"},
        {.name = "other in",
         .purpose = "decoders, for streams that come without AAC",
         .missing = {"mpegaudioparse", "avdec_mp3", "alawdec", "mulawdec", "speexdec", "opusdec"},
         .package = "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-libav",
         .need = doctor::Need::kSometimes},
    };
}

bool is_on_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders{path == nullptr ? "" : path};
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (::access(fmt::format("{}/{}", folder, program).c_str(), X_OK) == 0) {
            return true;
        }
    }
    return false;
}

/// Moves what `is_there` to the present.
template <typename IsThere>
void sort_out(MediaCheck& check, IsThere is_there) {
    const auto missing = std::exchange(check.missing, {});
    for (const auto& name : missing) {
        (is_there(name) ? check.present : check.missing).push_back(name);
    }
}

template <typename Said>
ServiceCheck ask(ServiceCheck check, std::string url, std::string_view path, Said said) {
    if (url.empty() || url == "off") {
        return check;
    }
    url.erase(url.find_last_not_of('/') + 1);
    url += path;
    check.url = http::shown_url(url);
    const auto begin = std::chrono::steady_clock::now();
    const auto page = http::fetch(
        {.url = url, .connect_timeout = kConnectTimeout, .total_timeout = kTotalTimeout});
    if (!page) {
        check.problem = page.error().message();
        return check;
    }
    check.took = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begin);
    if (auto answer = said(page->status, page->body)) {
        check.said = std::move(*answer);
    } else {
        check.problem = fmt::format("{}: {}", check.url, answer.error().message());
    }
    return check;
}

}  // namespace

std::vector<doctor::PortCheck> look_at_ports(const UpConfig& config) {
    std::vector<doctor::PortCheck> checks;
    const std::array all_ours{config.server.rtmp.port, config.server.api.port,
                              config.server.metrics.port};
    const auto ours = [&](const char* name, const Endpoint& endpoint) {
        checks.push_back({.name = name,
                          .host = endpoint.host,
                          .port = endpoint.port,
                          .flag = fmt::format("--{}", name),
                          .facts = doctor::look_at_port(endpoint.host, endpoint.port, all_ours)});
    };
    ours("rtmp", config.server.rtmp);
    ours("api", config.server.api);
    ours("metrics", config.server.metrics);
    const std::string any = "0.0.0.0";
    for (const auto& [port, purpose] :
         {std::pair{8080, "media-service"}, std::pair{3000, "sts-service, echo"},
          std::pair{8000, "sts-service, full"}}) {
        const auto number = static_cast<std::uint16_t>(port);
        checks.push_back({.name = std::to_string(port),
                          .host = any,
                          .port = number,
                          .purpose = purpose,
                          .facts = doctor::look_at_port(any, number)});
    }
    return checks;
}

Result<std::vector<MediaCheck>> look_at_media() {
    if (auto started = gst::has_element("appsrc"); !started) {
        return tl::unexpected{std::move(started).error()};
    }
    const auto has = [](const std::string& name) { return gst::has_element(name).value_or(false); };
    auto checks = wanted_elements();
    for (auto& check : checks) {
        sort_out(check, has);
        if (check.name == "aac out" && has("avenc_aac")) {
            check.instead = "avenc_aac";
        }
    }
    MediaCheck programs{.name = "files",
                        .purpose = "for livedub dub",
                        .missing = {"ffmpeg", "ffprobe"},
                        .package = "ffmpeg",
                        .need = doctor::Need::kSometimes};
    sort_out(programs, is_on_path);
    checks.push_back(std::move(programs));
    return checks;
}

ServiceCheck ask_media_server(const std::string& url) {
    return ask({.name = "mediamtx", .flag = "--mediamtx"}, url, "/v3/paths/list",
               doctor::said_by_media_server);
}

ServiceCheck ask_speech_service(const std::string& url) {
    return ask({.name = "sts", .flag = "--sts"}, url, "/health", doctor::said_by_speech_service);
}

}  // namespace livedub
