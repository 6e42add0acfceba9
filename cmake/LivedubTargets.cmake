# livedub_library(<room>
#     SOURCES <file>...        # .cpp files; tests excluded
#     DEPENDS <room>...        # rooms this one may include from: the layer rule
#     PUBLIC_LIBS <target>...  # third-party targets seen in our headers
#     PRIVATE_LIBS <target>... # third-party targets seen only in our .cpp files
#     TESTS <file>...          # linked into one test binary, <room>_test
#     FUZZ <file>...)          # one libFuzzer binary each, named after the file
#
# One room is one directory under src/ and one static library livedub::<room>. The DEPENDS list is the
# arrow in ARCHITECTURE.md; tools/check_layers.py fails the lint when an #include crosses rooms without
# one. Engines are rooms too, named engine_<name>, in src/engines/<name>/.
function(livedub_library room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PUBLIC_LIBS;PRIVATE_LIBS;TESTS;FUZZ")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "livedub_library(${room}): unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()

  list(TRANSFORM arg_DEPENDS PREPEND livedub::)
  if(arg_SOURCES)
    add_library(livedub_${room} STATIC ${arg_SOURCES})
    target_include_directories(livedub_${room} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(livedub_${room} PUBLIC ${arg_DEPENDS} ${arg_PUBLIC_LIBS}
                                          PRIVATE livedub::options ${arg_PRIVATE_LIBS})
    if(LIVEDUB_FUZZ)
      target_compile_options(livedub_${room} PRIVATE -fsanitize=fuzzer-no-link,address,undefined)
    endif()
  else()
    add_library(livedub_${room} INTERFACE)
    target_include_directories(livedub_${room} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(livedub_${room} INTERFACE ${arg_DEPENDS} ${arg_PUBLIC_LIBS})
  endif()
  add_library(livedub::${room} ALIAS livedub_${room})

  if(arg_TESTS AND BUILD_TESTING)
    livedub_test(${room}_test LABEL unit SOURCES ${arg_TESTS}
                 LIBS livedub::${room} ${arg_PRIVATE_LIBS})
  endif()

  if(LIVEDUB_FUZZ)
    foreach(source IN LISTS arg_FUZZ)
      get_filename_component(name ${source} NAME_WE)
      add_executable(${name} ${source})
      target_compile_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
      target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
      target_link_libraries(${name} PRIVATE livedub::${room} livedub::options)
    endforeach()
  endif()
endfunction()

# livedub_test(<name> LABEL unit|component SOURCES <file>... LIBS <target>...): one GoogleTest binary.
function(livedub_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "SOURCES;LIBS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBS} livedub::options GTest::gmock GTest::gtest_main)
  set(timeout 60)
  if(arg_LABEL STREQUAL component)
    set(timeout 240)
  endif()
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${timeout})
endfunction()
